// What a reader has to know before the figures: sentences.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"

namespace baton::suite {

// From a summary that is complete but for them.
nlohmann::json warnings_of(const nlohmann::json& summary, const Evidence& evidence);

}  // namespace baton::suite
