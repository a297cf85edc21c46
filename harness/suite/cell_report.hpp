// A summary's `cells`: what each cell did by itself, in each regime that it was seen in.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"
#include "harness/suite/regimes.hpp"
#include "harness/suite/summary.hpp"

namespace baton::suite {

// Of clean trials. A cell whose trials were all quarantined is told from those, marked `quarantined_only`.
nlohmann::json cells_json(const Evidence& evidence, const Regimes& regimes, const SummaryOptions& options);

}  // namespace baton::suite
