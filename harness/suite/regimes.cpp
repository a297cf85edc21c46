#include "harness/suite/regimes.hpp"

#include <cmath>

#include "harness/stats/modes.hpp"
#include "harness/stats/order.hpp"

namespace baton::suite {

namespace {

// All that clean trials saw, before each turn where they looked.
std::vector<double> log_round_trips(const Evidence& evidence) {
  std::vector<double> logs;
  const auto add = [&](const std::optional<double>& round_trip_ns) {
    if (round_trip_ns && *round_trip_ns > 0) logs.push_back(std::log(*round_trip_ns));
  };
  for (const CellEvidence& cell : evidence.cells()) {
    for (const Observation& trial : cell.timed) {
      if (!trial.clean()) continue;
      if (!trial.by_turn()) add(trial.round_trip_ns);
      for (const Turn& turn : trial.turns) {
        if (turn.machine) add(turn.machine->round_trip_ns);
      }
    }
  }
  return logs;
}

// Enough to tell two modes from one, spread over the run.
std::vector<double> some_of(const std::vector<double>& all) {
  constexpr std::size_t kEnough = 1000;
  if (all.size() <= kEnough) return all;
  std::vector<double> some;
  for (std::size_t i = 0; i < kEnough; ++i) some.push_back(all[i * all.size() / kEnough]);
  return some;
}

}  // namespace

Regimes::Regimes(const Evidence& evidence) {
  const std::vector<double> logs = some_of(log_round_trips(evidence));
  const auto test = stats::test_modes(logs, {.alpha = 0.01, .seed = 1});
  if (test && test->modes && test->modes->high_centre - test->modes->low_centre > std::log(kLeastFactor)) {
    boundary_ = std::exp((test->modes->low_centre + test->modes->high_centre) / 2);
    regimes_ = {{.name = "near", .round_trip_ns = {}, .trials = 0},
                {.name = "far", .round_trip_ns = {}, .trials = 0}};
  } else {
    regimes_ = {{.name = "one", .round_trip_ns = {}, .trials = 0}};
  }
  std::vector<std::vector<double>> round_trips(regimes_.size());
  for (const CellEvidence& cell : evidence.cells()) {
    for (const Observation& trial : cell.timed) {
      if (!trial.clean()) continue;
      ++regimes_[of(trial)].trials;
      if (trial.round_trip_ns) round_trips[of(trial)].push_back(*trial.round_trip_ns);
    }
  }
  for (std::size_t i = 0; i < regimes_.size(); ++i) regimes_[i].round_trip_ns = stats::median(round_trips[i]);
}

std::optional<std::size_t> Regimes::of(const Turn& turn) const {
  if (!boundary_) return 0;
  if (!turn.machine || !turn.machine->round_trip_ns) return std::nullopt;
  return *turn.machine->round_trip_ns > *boundary_ ? 1 : 0;
}

std::optional<std::size_t> Regimes::of(const TurnPair& pair) const {
  if (!boundary_) return 0;
  std::optional<std::size_t> found;
  for (const std::optional<double>& round_trip_ns : pair.round_trips()) {
    if (!round_trip_ns) return std::nullopt;
    const std::size_t regime = *round_trip_ns > *boundary_ ? 1 : 0;
    if (found && *found != regime) return std::nullopt;
    found = regime;
  }
  return found;
}

}  // namespace baton::suite
