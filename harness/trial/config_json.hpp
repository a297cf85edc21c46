// A TrialConfig as a record's `configuration` (results/schema.json), there and back.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/trial/config.hpp"

namespace baton::trial {

// More threads that may be busy at once than CPUs this process may use: workers, and with sockets the
// clients' and the origin's.
bool oversubscribed(const TrialConfig& config);

// Every setting, the defaults included, and whether it is oversubscribed here.
nlohmann::json to_json(const TrialConfig& config);
// The same without the seed, which a record says by itself: so a cell's trials have one configuration.
nlohmann::json recorded(const TrialConfig& config);
// Throws BadInput if strategy or workload is missing, a setting is unknown or its value not valid. A setting
// that is missing has its default: the configuration is older than it. Whether it was oversubscribed is not
// read.
TrialConfig config_from_json(const nlohmann::json& configuration);

}  // namespace baton::trial
