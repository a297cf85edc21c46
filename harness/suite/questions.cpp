#include "harness/suite/questions.hpp"

#include <algorithm>
#include <iterator>
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
std::map<std::uint32_t, const Observation*> clean_rounds(const CellEvidence& cell, const Regimes& regimes,
                                                         std::size_t regime) {
  std::map<std::uint32_t, const Observation*> rounds;
  for (const Observation& trial : cell.timed) {
    if (trial.clean() && regimes.of(trial) == regime) rounds[trial.round] = &trial;
  }
  return rounds;
}

// Of two trials that alternated, by seating; none if they did not.
std::vector<stats::Slices> slice_by_slice(const Observation& baseline, const Observation& candidate,
                                          std::size_t metric) {
  std::map<std::uint64_t, stats::Slices> seatings;
  if (candidate.slice_group.empty() || candidate.slice_group != baseline.slice_group) return {};
  std::map<std::uint64_t, std::optional<double>> of_baseline;
  for (const auto& [index, values] : baseline.slices) of_baseline[index] = values[metric];
  for (const auto& [index, values] : candidate.slices) {
    const auto other = of_baseline.find(index);
    if (other == of_baseline.end() || !other->second || !values[metric]) continue;
    const auto ratio = stats::log_ratio(*other->second, *values[metric]);
    const std::uint64_t seating = candidate.seating_turns == 0 ? 0 : index / candidate.seating_turns;
    if (ratio) seatings[seating].push_back(*ratio);
  }
  std::vector<stats::Slices> ratios;
  for (auto& [seating, slices] : seatings) ratios.push_back(std::move(slices));
  return ratios;
}

}  // namespace

PairedRatios paired_log_ratios(const CellEvidence& candidate, const CellEvidence& baseline,
                               std::size_t metric, const Regimes& regimes, std::size_t regime) {
  const auto candidates = clean_rounds(candidate, regimes, regime);
  const auto baselines = clean_rounds(baseline, regimes, regime);
  PairedRatios paired;
  for (const auto& [round, one] : candidates) {
    const auto other = baselines.find(round);
    if (other == baselines.end()) continue;
    std::vector<stats::Slices> units = slice_by_slice(*other->second, *one, metric);
    if (units.empty() && one->values[metric] && other->second->values[metric]) {
      if (const auto ratio = stats::log_ratio(*other->second->values[metric], *one->values[metric])) {
        units.push_back({*ratio});
      }
    }
    if (!units.empty()) ++paired.rounds;
    std::ranges::move(units, std::back_inserter(paired.units));
  }
  return paired;
}

}  // namespace baton::suite
