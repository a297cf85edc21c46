// A trial's effective configuration as JSON: the record's `configuration`, and what a trial's process is
// told.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/trial/config.hpp"

namespace baton::trial {

// Every setting of settings() at its place, with strategy, workload and whether there are more threads than
// cores.
nlohmann::json to_json(const TrialConfig& config);

// The other way round. Throws nlohmann::json::exception if something is missing, BadInput if a value is not
// valid.
TrialConfig config_from_json(const nlohmann::json& json);

// More threads at work than CPUs this process may run on.
bool oversubscribed(const TrialConfig& config);

}  // namespace baton::trial
