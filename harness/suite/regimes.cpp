#include "harness/suite/regimes.hpp"

#include <cmath>

#include "harness/stats/modes.hpp"
#include "harness/stats/order.hpp"

namespace baton::suite {

Regimes::Regimes(const Evidence& evidence) {
  std::vector<double> logs;
  for (const CellEvidence& cell : evidence.cells()) {
    for (const Observation& trial : cell.timed) {
      if (trial.clean() && trial.round_trip_ns && *trial.round_trip_ns > 0) {
        logs.push_back(std::log(*trial.round_trip_ns));
      }
    }
  }
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

}  // namespace baton::suite
