#include "harness/suite/adaptive.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "harness/stats/comparisons.hpp"
#include "harness/stats/ratio.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/questions.hpp"

namespace baton::suite {

namespace {

constexpr double kLevel = 0.95;  // of all ratios together, as answers are made

bool has(const CellEvidence& cell, std::size_t metric) {
  return std::ranges::any_of(cell.timed,
                             [&](const Observation& trial) { return trial.values[metric].has_value(); });
}

std::optional<stats::Scatter> scatter_of(const PairedRatios& paired, double level) {
  const auto spread = stats::spread_of(paired.units);
  if (!spread) return std::nullopt;
  return stats::Scatter{.rounds = paired.rounds,
                        .units = paired.units.size(),
                        .log_sd = std::sqrt(spread->variance),
                        .level = level};
}

// Those that may have further rounds: cells with a number of their own have what they will get.
std::vector<Question> open_ended(const Evidence& evidence, const Plan& plan) {
  std::set<std::string> limited;
  for (const PlannedCell& cell : plan.cells) {
    if (cell.rounds != 0) limited.insert(cell.id);
  }
  std::vector<Question> questions = questions_of(evidence, plan.policy.baselines);
  std::ranges::copy(same_pairs_of(evidence), std::back_inserter(questions));
  std::erase_if(questions, [&](const Question& question) {
    return limited.contains(evidence.cells()[question.candidate].id);
  });
  return questions;
}

// For each cell a number that it has in common with those it is compared with, however many comparisons lie
// in between.
std::vector<std::size_t> families_of(const Evidence& evidence, const std::vector<Question>& questions) {
  std::vector<std::size_t> family(evidence.cells().size());
  std::iota(family.begin(), family.end(), std::size_t{0});
  for (const Question& question : questions) {
    const std::size_t from = family[question.candidate];
    std::ranges::replace(family, from, family[question.baseline]);
  }
  return family;
}

std::size_t rounds_tried(const CellEvidence& cell) {
  std::set<std::uint32_t> rounds;
  for (const Observation& trial : cell.timed) rounds.insert(trial.round);
  return rounds.size();
}

std::set<std::string> cells_of(const Evidence& evidence, const std::vector<std::size_t>& families,
                               std::size_t family) {
  std::set<std::string> cells;
  for (std::size_t i = 0; i < families.size(); ++i) {
    if (families[i] == family) cells.insert(evidence.cells()[i].id);
  }
  return cells;
}

}  // namespace

NextRound next_round(const Evidence& evidence, const Plan& plan) {
  const Regimes regimes(evidence);
  const auto most = std::ranges::max_element(regimes.all(), {}, &Regime::trials);
  const auto regime = static_cast<std::size_t>(most - regimes.all().begin());
  const std::vector<Question> questions = open_ended(evidence, plan);
  const double level = stats::simultaneous_level(kLevel, questions.size());
  const std::vector<std::size_t> families = families_of(evidence, questions);
  std::map<std::size_t, std::vector<std::optional<stats::Scatter>>> scatters;
  std::map<std::size_t, std::size_t> tried;  // rounds, of trials that came to nothing too
  for (const Question& question : questions) {
    const CellEvidence& candidate = evidence.cells()[question.candidate];
    const CellEvidence& baseline = evidence.cells()[question.baseline];
    std::size_t& rounds = tried[families[question.candidate]];
    rounds = std::max(rounds, rounds_tried(candidate));
    for (const std::string& name : plan.policy.precision.metrics) {
      const std::size_t metric = find_metric(name);
      if (!has(candidate, metric) || !has(baseline, metric)) continue;
      scatters[families[question.candidate]].push_back(
          scatter_of(paired_log_ratios(candidate, baseline, metric, regimes, regime), level));
    }
  }
  const stats::StopRule rule{.half_width = std::log1p(plan.policy.precision.half_width),
                             .least_rounds = plan.rounds,
                             .most_rounds = std::max(plan.policy.precision.most_rounds, plan.rounds)};
  NextRound next{.what = stats::Next::precise_enough, .cells = {}, .questions = questions.size()};
  double nearest = std::numeric_limits<double>::infinity();
  for (const auto& [family, list] : scatters) {
    stats::Next what = stats::next_step(list, rule);
    if (what == stats::Next::another_round && tried[family] >= rule.most_rounds) {
      what = stats::Next::rounds_spent;
    }
    if (what == stats::Next::rounds_spent && next.cells.empty()) next.what = what;
    if (what != stats::Next::another_round) continue;
    const double width = stats::widest(list);
    if (!next.cells.empty() && width >= nearest) continue;
    nearest = width;
    next.what = what;
    next.cells = cells_of(evidence, families, family);
  }
  return next;
}

std::set<std::string> compared_with(const Evidence& evidence, const Plan& plan, const std::string& cell_id) {
  const std::vector<std::size_t> families = families_of(evidence, open_ended(evidence, plan));
  const auto cell = std::ranges::find(evidence.cells(), cell_id, &CellEvidence::id);
  if (cell == evidence.cells().end()) return {cell_id};
  return cells_of(evidence, families, families[static_cast<std::size_t>(cell - evidence.cells().begin())]);
}

}  // namespace baton::suite
