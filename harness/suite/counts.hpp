// Exact counts: what ownership costs a request whatever the machine does (results/counts-schema.json).
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/trial/call_counts.hpp"
#include "harness/trial/config.hpp"

namespace baton::suite {

struct CountRequest {
  std::string strategy;
  trial::TrialConfig config;  // connections in memory; its strategy is not read
  trial::ScriptLength length;
};

// One strategy's counts. Starts this program again under callgrind, as `baton script`. Throws BadInput for a
// configuration that cannot be counted or if there is no valgrind, std::runtime_error if counting fails.
nlohmann::json count_calls(const CountRequest& request);

// The same calls, their instructions counted by the processor: {"instructions": by call}, or {"unavailable":
// why} on a machine that has no counter for us. Within a few instructions the same, but not to the last
// digit. Throws likewise.
nlohmann::json ask_processor(const CountRequest& request);
// Whether one strategy's counts and their "processor" say the same, as far as that can be told; true where it
// cannot.
bool processor_agrees(const nlohmann::json& counts);

// What belongs to all of them, and each strategy's counts.
nlohmann::json counts_json(const CountRequest& common, std::vector<nlohmann::json> strategies);

std::string counts_text(const nlohmann::json& counts);

// The other side: reads a configuration from standard input, makes its calls and writes how many there were.
int serve_as_script();

}  // namespace baton::suite
