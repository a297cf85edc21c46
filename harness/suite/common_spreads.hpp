// How the trials of a run scatter, question by question and in common (stats/moderation.hpp).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "harness/stats/moderation.hpp"
#include "harness/suite/evidence.hpp"
#include "harness/suite/policy.hpp"
#include "harness/suite/regimes.hpp"

namespace baton::suite {

// Questions are of one kind if metric and regime are the same and their candidates differ in nothing but the
// strategy: they shared the rounds and the workload. A/A pairs are questions like all others.
class CommonSpreads {
 public:
  CommonSpreads(const Evidence& evidence, const Regimes& regimes, const std::vector<Baseline>& baselines);

  // Of the candidate's kind; empty if there are too few questions of it.
  [[nodiscard]] std::optional<stats::Spread> of(const CellEvidence& candidate, std::size_t metric,
                                                std::size_t regime) const;

 private:
  using Kind = std::tuple<std::size_t, std::size_t, std::string>;  // metric, regime, variant
  std::map<Kind, stats::Spread> by_kind_;
};

}  // namespace baton::suite
