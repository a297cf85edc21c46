// What a reader has to know before the figures: sentences.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"

namespace baton::suite {

// From a summary that is complete but for them. `fallbacks`: the plan's.
nlohmann::json warnings_of(const nlohmann::json& summary, const Evidence& evidence,
                           const std::vector<std::string>& fallbacks);

}  // namespace baton::suite
