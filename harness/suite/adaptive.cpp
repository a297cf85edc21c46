#include "harness/suite/adaptive.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "harness/stats/moments.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/questions.hpp"

namespace baton::suite {

namespace {

constexpr double kLevel = 0.95;  // of each ratio by itself

bool has(const CellEvidence& cell, std::size_t metric) {
  return std::ranges::any_of(cell.timed,
                             [&](const Observation& trial) { return trial.values[metric].has_value(); });
}

std::optional<stats::Scatter> scatter_of(const PairedRatios& paired) {
  if (paired.units.size() < 2) return std::nullopt;
  std::vector<double> means;
  for (const stats::Slices& unit : paired.units) means.push_back(stats::midmean(unit));
  return stats::Scatter{.rounds = paired.rounds,
                        .units = means.size(),
                        .log_sd = stats::standard_deviation(means),
                        .level = kLevel};
}

}  // namespace

stats::Next next_round(const Evidence& evidence, const Plan& plan) {
  const Regimes regimes(evidence);
  const auto most = std::ranges::max_element(regimes.all(), {}, &Regime::trials);
  const auto regime = static_cast<std::size_t>(most - regimes.all().begin());
  std::vector<std::optional<stats::Scatter>> scatters;
  std::set<std::string> limited;  // these have what they will get
  for (const PlannedCell& cell : plan.cells) {
    if (cell.rounds != 0) limited.insert(cell.id);
  }
  for (const Question& question : questions_of(evidence, plan.policy.baselines)) {
    const CellEvidence& candidate = evidence.cells()[question.candidate];
    if (limited.contains(candidate.id)) continue;
    const CellEvidence& baseline = evidence.cells()[question.baseline];
    for (const std::string& name : plan.policy.precision.metrics) {
      const std::size_t metric = find_metric(name);
      if (has(candidate, metric) && has(baseline, metric)) {
        scatters.push_back(scatter_of(paired_log_ratios(candidate, baseline, metric, regimes, regime)));
      }
    }
  }
  return stats::next_step(scatters,
                          {.half_width = std::log1p(plan.policy.precision.half_width),
                           .least_rounds = plan.rounds,
                           .most_rounds = std::max(plan.policy.precision.most_rounds, plan.rounds)});
}

}  // namespace baton::suite
