// How what A/A leaves open became less while the run went on.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/suite/common_spreads.hpp"
#include "harness/suite/evidence.hpp"
#include "harness/suite/regimes.hpp"
#include "harness/suite/summary.hpp"

namespace baton::suite {

// Of requests per second, a course for each A/A pair and regime with some units: what its first units would
// have left open, at eighths of them. [{"cell_id", "regime", "units": [...], "ratio": [...]}]
nlohmann::json resolution_course_json(const Evidence& evidence, const Regimes& regimes,
                                      const CommonSpreads& common, const SummaryOptions& options);

}  // namespace baton::suite
