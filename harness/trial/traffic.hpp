// What requests a trial's clients send when, where that is more than one size at one rate: tables, traces,
// bursts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/load/faults.hpp"
#include "harness/load/schedule.hpp"
#include "harness/trial/config.hpp"

namespace baton::trial {

inline constexpr std::size_t kDraws = 256;  // of tables, for clients who ask for them in turn

// Whether the table says anything.
inline bool given(const std::vector<std::uint64_t>& table) noexcept {
  return table.size() > 1 || table.front() != 0;
}

load::FaultPlan fault_plan(const TrialConfig& config);

// kDraws requests (due_ns is 0) whose sizes follow body.quantiles and load.head_quantiles: one from each of
// as many equal parts of the distribution, in random order (config.seed). Empty: there are no tables.
std::vector<load::ScheduledRequest> drawn_requests(const TrialConfig& config);

// Of load.trace, load.gaps_us or a burst, as long as ramp and measured phase; nullptr: none of these.
// Throws std::runtime_error if the trace cannot be read.
std::shared_ptr<const load::Schedule> make_schedule(const TrialConfig& config);

// Sizes of bodies as the clients ask for them, for who does not care when: the first kDraws.
std::vector<std::uint64_t> sizes_of(const TrialConfig& config);

struct TraceExtent {
  std::uint64_t requests = 0;
  double seconds = 0;  // to the last request
};
// Reads the trace through, once for each file. Throws std::runtime_error that says what is wrong with it.
TraceExtent extent_of(const std::string& trace);

}  // namespace baton::trial
