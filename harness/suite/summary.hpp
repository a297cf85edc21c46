// Everything statistical about a run (results/summary-schema.json), remade from its records at any time.
// Pure: the same records and options give the same summary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"
#include "harness/suite/plan.hpp"
#include "harness/suite/policy.hpp"

namespace baton::suite {

inline constexpr int kSummaryVersion = 1;

struct SummaryOptions {
  std::vector<Baseline> baselines;  // empty: default_baselines
  double level = 0.95;     // of intervals, and of all those of one metric together where they are corrected
  std::uint64_t seed = 1;  // of resampling
  std::map<std::string, std::vector<std::string>> asks = {};  // asks_of(plan)
  std::vector<std::string> fallbacks = {};                    // the plan's
  std::vector<Expectation> expectations = {};                 // the plan's
  // Exact counts by cell_id (run_counts.hpp) and environment.json's `costs`. Null: there are none, and
  // nothing is predicted.
  nlohmann::json counts = nullptr;
  nlohmann::json costs = nullptr;

  // Whether a cell is there for this metric.
  [[nodiscard]] bool asked(const CellEvidence& cell, std::size_t metric) const;
};

// Of each cell that is there for some metrics only, by cell_id, their names.
std::map<std::string, std::vector<std::string>> asks_of(const Plan& plan);

// A family, for the correction, is all comparisons of one metric in the run.
nlohmann::json summarize(const Evidence& evidence, const SummaryOptions& options);

}  // namespace baton::suite
