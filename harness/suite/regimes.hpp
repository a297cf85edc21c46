// Near and far: on some machines the round trip between two cores is one of two values for seconds at a time,
// and every figure about handing something over follows it. Trials are compared within one regime only, and
// turns of strategies that alternate too: one trial may have seen both.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/suite/evidence.hpp"

namespace baton::suite {

struct Regime {
  std::string name;                     // "near", "far"; "one" if there is no other
  std::optional<double> round_trip_ns;  // median of its trials
  std::size_t trials = 0;
};

class Regimes {
 public:
  // Two modes that are nearer to each other than this factor are scatter, not regimes.
  static constexpr double kLeastFactor = 1.5;

  // From the clean timed trials of a run.
  explicit Regimes(const Evidence& evidence);

  [[nodiscard]] const std::vector<Regime>& all() const noexcept { return regimes_; }
  // Which one a trial ran in. A trial whose round trip is not known counts for the first.
  [[nodiscard]] std::size_t of(const Observation& trial) const noexcept {
    return boundary_ && trial.round_trip_ns && *trial.round_trip_ns > *boundary_ ? 1 : 0;
  }
  // Which one a turn ran in; nothing: it is not known.
  [[nodiscard]] std::optional<std::size_t> of(const Turn& turn) const;
  // Which one a pair of turns ran in; nothing: not both in the same, or one of them is not known.
  [[nodiscard]] std::optional<std::size_t> of(const TurnPair& pair) const;

 private:
  std::vector<Regime> regimes_;
  std::optional<double> boundary_;  // nanoseconds
};

}  // namespace baton::suite
