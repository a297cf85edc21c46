#include "harness/suite/questions.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "harness/stats/ratio.hpp"

namespace baton::suite {

using nlohmann::json;

std::vector<Question> questions_of(const Evidence& evidence, const std::vector<Baseline>& baselines) {
  std::map<std::string, std::size_t> by_configuration;
  const auto& cells = evidence.cells();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].is_again()) by_configuration.emplace(cells[i].configuration.dump(), i);
  }
  std::vector<Question> questions;
  for (std::size_t axis = 0; axis < baselines.size(); ++axis) {
    const json::json_pointer at(baselines[axis].axis);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      json wanted = cells[i].configuration;
      if (cells[i].is_again() || !wanted.contains(at) || wanted.at(at) == baselines[axis].value) continue;
      wanted[at] = baselines[axis].value;
      if (const auto found = by_configuration.find(wanted.dump()); found != by_configuration.end()) {
        questions.push_back({.candidate = i, .baseline = found->second, .axis = axis});
      }
    }
  }
  return questions;
}

std::vector<Question> same_pairs_of(const Evidence& evidence) {
  std::vector<Question> pairs;
  const auto& cells = evidence.cells();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].is_again()) continue;
    const std::string first = cells[i].id.substr(0, cells[i].id.size() - kAgain.size());
    const auto found = std::ranges::find(cells, first, &CellEvidence::id);
    if (found != cells.end()) {
      pairs.push_back(
          {.candidate = i, .baseline = static_cast<std::size_t>(found - cells.begin()), .axis = 0});
    }
  }
  return pairs;
}

std::vector<Baseline> default_baselines(const std::vector<json>& configurations) {
  std::vector<Baseline> baselines;
  if (configurations.empty()) return baselines;
  const json& first = configurations.front();
  const bool has_heap =
      std::ranges::any_of(configurations, [](const json& one) { return one.at("strategy") == "heap"; });
  baselines.push_back({.axis = "/strategy", .value = has_heap ? json("heap") : first.at("strategy")});
  const auto allocator = [](const json& one) { return one.value("allocator", json()); };
  const bool several = std::ranges::any_of(
      configurations, [&](const json& one) { return allocator(one) != allocator(first); });
  if (several) baselines.push_back({.axis = "/allocator", .value = allocator(first)});
  return baselines;
}

namespace {

// The clean trial of each round; after a quarantine it is the last attempt.
std::map<std::uint32_t, const Observation*> clean_rounds(const CellEvidence& cell) {
  std::map<std::uint32_t, const Observation*> rounds;
  for (const Observation& trial : cell.timed) {
    if (trial.clean()) rounds[trial.round] = &trial;
  }
  return rounds;
}

bool alternated(const Observation& one, const Observation& other) {
  return !one.slice_group.empty() && one.slice_group == other.slice_group;
}

// Of a trial and one it alternated with. False: they did so without a figure of this metric.
bool add_turn_by_turn(const Observation& candidate, const Observation& baseline, std::size_t metric,
                      const Regimes& regimes, std::size_t regime, PairedRatios& paired) {
  std::map<std::uint64_t, stats::Slices> seatings;
  std::map<std::uint64_t, const Turn*> of_baseline;
  for (const Turn& turn : baseline.turns) of_baseline[turn.block] = &turn;
  bool any = false;
  for (const Turn& turn : candidate.turns) {
    const auto other = of_baseline.find(turn.block);
    if (other == of_baseline.end() || !other->second->values[metric] || !turn.values[metric]) continue;
    const auto ratio = stats::log_ratio(*other->second->values[metric], *turn.values[metric]);
    if (!ratio) continue;
    any = true;
    if (candidate.by_turn() && baseline.by_turn()) {
      const TurnPair pair(turn, *other->second);
      const auto found = regimes.of(pair);
      ++paired.turns;
      if (!found || !pair.same_machine(candidate.turn_limits)) {
        ++paired.dropped;
        continue;
      }
      if (*found != regime) continue;
    }
    paired.candidate_copies.insert(turn.copy);
    paired.baseline_copies.insert(other->second->copy);
    seatings[candidate.seating_turns == 0 ? 0 : turn.block / candidate.seating_turns].push_back(*ratio);
  }
  if (!seatings.empty()) ++paired.rounds;
  for (auto& [seating, ratios] : seatings) paired.units.push_back(std::move(ratios));
  return any;
}

}  // namespace

PairedRatios paired_log_ratios(const CellEvidence& candidate, const CellEvidence& baseline,
                               std::size_t metric, const Regimes& regimes, std::size_t regime) {
  const auto candidates = clean_rounds(candidate);
  const auto baselines = clean_rounds(baseline);
  PairedRatios paired;
  for (const auto& [round, one] : candidates) {
    const auto found = baselines.find(round);
    if (found == baselines.end()) continue;
    const Observation& other = *found->second;
    const bool here = regimes.of(*one) == regime && regimes.of(other) == regime;
    const bool by_turn = one->by_turn() && other.by_turn();
    if (alternated(*one, other) && (here || by_turn) &&
        add_turn_by_turn(*one, other, metric, regimes, regime, paired)) {
      continue;
    }
    if (!here || !one->values[metric] || !other.values[metric]) continue;
    if (const auto ratio = stats::log_ratio(*other.values[metric], *one->values[metric])) {
      paired.units.push_back({*ratio});
      ++paired.rounds;
    }
  }
  return paired;
}

}  // namespace baton::suite
