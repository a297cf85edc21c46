// A summary's `resolution` and `comparisons`.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/stats/resolution.hpp"
#include "harness/suite/common_spreads.hpp"
#include "harness/suite/questions.hpp"
#include "harness/suite/summary.hpp"

namespace baton::suite {

// What one A/A pair showed of one metric in one regime.
struct ResolutionOf {
  Question pair;
  std::size_t metric = 0;
  std::size_t regime = 0;
  std::size_t rounds = 0;
  stats::Resolution found;
};

std::vector<ResolutionOf> find_resolutions(const Evidence& evidence, const Regimes& regimes,
                                           const CommonSpreads& common, const SummaryOptions& options);

// What counts for a question: the largest of the A/A pairs that equal its baseline cell in everything but the
// strategy; where there are none, of its workload; else of the run. None without A/A: nothing may be called
// different then.
std::optional<double> resolution_for(const std::vector<ResolutionOf>& resolutions, const Evidence& evidence,
                                     const CellEvidence& baseline, std::size_t metric, std::size_t regime);

nlohmann::json to_json(const std::vector<ResolutionOf>& resolutions, const Evidence& evidence,
                       const Regimes& regimes);

nlohmann::json comparisons_json(const Evidence& evidence, const Regimes& regimes,
                                const std::vector<Baseline>& baselines, const CommonSpreads& common,
                                const std::vector<ResolutionOf>& resolutions, const SummaryOptions& options);

}  // namespace baton::suite
