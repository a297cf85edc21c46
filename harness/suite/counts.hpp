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

// What belongs to all of them, and each strategy's counts.
nlohmann::json counts_json(const CountRequest& common, std::vector<nlohmann::json> strategies);

std::string counts_text(const nlohmann::json& counts);

// The other side: reads a configuration from standard input, makes its calls and writes how many there were.
int serve_as_script();

}  // namespace baton::suite
