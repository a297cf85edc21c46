// What a record must have to be read: the part of results/schema.json that readers rely on.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace baton::suite {

// Of every record, and of those of valid trials besides. As `required` says in the schema (a test compares
// them).
inline constexpr std::array<std::string_view, 17> kMembers = {
    "schema_version", "trial_id",    "run_id",  "suite", "cell_id",    "strategy",
    "workload",       "allocator",   "role",    "round", "started_at", "seed",
    "configuration",  "environment", "passing", "build", "verdict"};
inline constexpr std::array<std::string_view, 12> kMembersOfValid = {
    "duration_s",   "requests", "throughput", "latency_ns", "saturated", "tie",
    "housekeeping", "handoffs", "ledger",     "buffers",    "memory",    "cpu"};

// Why a record cannot be used, as the end of a sentence; nothing if it can. Looks at which members there are,
// not into them.
std::optional<std::string> fault_of(const nlohmann::json& record);

}  // namespace baton::suite
