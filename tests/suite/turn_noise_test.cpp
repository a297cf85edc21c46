// Judging noise by turn on made-up runs: what is dropped, and that the intervals hold the truth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/stats/ratio.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/questions.hpp"
#include "tests/stats/noise.hpp"
#include "tests/suite/made_up_record.hpp"

namespace baton::suite {
namespace {

using stats::testing::kRepetitions;
using stats::testing::kSlack;
using stats::testing::normal;
using testing::SizeIs;

constexpr TurnLimits kSimulatedLimits{.spin = 0.25, .memory = 0.25};

// A made-up run of strategies that alternated, as evidence is made from records.
class Simulation {
 public:
  static constexpr std::size_t kCandidate = 0;
  static constexpr std::size_t kBaseline = 1;
  static constexpr std::size_t kStrategies = 5;
  static constexpr std::size_t kRounds = 6;
  static constexpr std::uint64_t kSeatings = 4;
  static constexpr std::uint64_t kTurns = 5;

  explicit Simulation(std::uint64_t seed) : random_(seed) {}
  virtual ~Simulation() = default;

  Evidence run() {
    Evidence evidence;
    for (std::uint32_t round = 1; round <= kRounds; ++round) {
      for (nlohmann::json& record : trial(round)) evidence.add(record);
    }
    return evidence;
  }

 protected:
  struct Moment {
    double log_speed = 0;  // of whatever runs
    double memory_ns = 100;
    double round_trip_ns = kNear;
  };
  // The machine while the next turn runs; called in the order of time.
  virtual Moment next() = 0;
  // The logarithm of the candidate's speed over the others'.
  virtual double log_ratio(const Moment& moment) = 0;
  // What a turn of this log speed leaves behind in memory_ns, as a factor.
  virtual double aftermath(std::size_t /*strategy*/, double /*log_speed*/) { return 1; }

  stats::Random random_;

 private:
  std::vector<nlohmann::json> trial(std::uint32_t round) {
    std::vector<nlohmann::json> series(kStrategies);
    double left_behind = 1;
    for (std::uint64_t seating = 0; seating < kSeatings; ++seating) {
      std::vector<double> seat;  // where a pipeline came to lie
      for (std::size_t i = 0; i < kStrategies; ++i) seat.push_back(0.01 * normal(random_));
      for (std::uint64_t block = 0; block < kTurns; ++block) {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < kStrategies; ++i) {
          order.insert(order.begin() + static_cast<std::ptrdiff_t>(random_.below(i + 1)), i);
        }
        for (std::uint32_t place = 0; place < kStrategies; ++place) {
          const std::size_t strategy = order[place];
          const Moment moment = next();
          const double own = 0.03 * normal(random_) + seat[strategy];
          const double log_speed = moment.log_speed + own + (strategy == kCandidate ? log_ratio(moment) : 0);
          nlohmann::json& columns = series[strategy];
          columns["requests_per_s"].push_back(1000 * std::exp(log_speed));
          columns["place"].push_back(place);
          columns["spin_ns"].push_back(1000);
          columns["memory_ns"].push_back(moment.memory_ns * left_behind);
          columns["round_trip_ns"].push_back(moment.round_trip_ns * (1 + 0.02 * normal(random_)));
          left_behind = aftermath(strategy, own);
        }
      }
    }
    std::vector<nlohmann::json> records;
    for (std::size_t i = 0; i < kStrategies; ++i) records.push_back(record(round, i, std::move(series[i])));
    return records;
  }

  static nlohmann::json record(std::uint32_t round, std::size_t strategy, nlohmann::json series) {
    nlohmann::json told = made_up_record("strategy" + std::to_string(strategy), "simulated", round);
    told["quarantine"]["turn"] = {{"spin", kSimulatedLimits.spin}, {"memory", kSimulatedLimits.memory}};
    told["slices"] = {
        {"group", std::to_string(round)}, {"seating_turns", kTurns}, {"series", std::move(series)}};
    return told;
  }
};

// How often intervals at 95 % held a truth, over many runs of one kind.
template <class Kind>
class Held {
 public:
  // Truth by regime, in the order of Regimes::all().
  explicit Held(std::vector<double> truths)
      : truths_(std::move(truths)), held_(truths_.size(), 0), errors_(truths_.size(), 0) {
    for (std::uint64_t seed = 1; seed <= kRuns; ++seed) look(Kind(seed).run(), seed);
  }
  [[nodiscard]] double share(std::size_t regime) const {
    return static_cast<double>(held_[regime]) / static_cast<double>(kRuns);
  }
  // How far the estimates lie beside the truth in the mean.
  [[nodiscard]] double bias(std::size_t regime) const { return errors_[regime] / static_cast<double>(kRuns); }
  [[nodiscard]] double dropped() const { return static_cast<double>(dropped_) / static_cast<double>(turns_); }

 private:
  static constexpr std::size_t kRuns = std::min<std::size_t>(kRepetitions, 300);

  void look(const Evidence& evidence, std::uint64_t seed) {
    const Regimes regimes(evidence);
    ASSERT_THAT(regimes.all(), SizeIs(truths_.size()));
    for (std::size_t regime = 0; regime < truths_.size(); ++regime) {
      const PairedRatios paired =
          paired_log_ratios(evidence.cells()[Simulation::kCandidate], evidence.cells()[Simulation::kBaseline],
                            find_metric("throughput"), regimes, regime);
      turns_ += paired.turns;
      dropped_ += paired.dropped;
      const auto ratio = stats::estimate_ratio(paired.units, {.level = 0.95, .seed = seed});
      ASSERT_TRUE(ratio);
      if (ratio->log_interval.contains(truths_[regime])) ++held_[regime];
      errors_[regime] += ratio->log - truths_[regime];
    }
  }

  std::vector<double> truths_;
  std::vector<std::size_t> held_;
  std::vector<double> errors_;
  std::size_t turns_ = 0, dropped_ = 0;
};

constexpr double kLow = 0.93 - kSlack;
constexpr double kHigh = 0.97 + kSlack;
constexpr double kBias = 0.0015 + kSlack / 20;  // a third of what one run's estimate is uncertain by

// Others come for some turns and go; while they are there memory is slow, and they slow down one turn more
// than the next.
class Bursts : public Simulation {
 public:
  using Simulation::Simulation;

 protected:
  Moment next() override {
    left_ = left_ > 0 ? left_ - 1 : random_.uniform() < 0.03 ? 8 : 0;
    return left_ > 0 ? Moment{.log_speed = -0.3 * random_.uniform(), .memory_ns = 180} : Moment{};
  }
  double log_ratio(const Moment& /*moment*/) override { return 0.02; }

 private:
  int left_ = 0;
};

TEST(TurnNoise, BurstsAreDroppedAndTheIntervalHoldsTheTruth) {
  const Held<Bursts> held({0.02});
  EXPECT_GE(held.share(0), kLow);
  EXPECT_LE(held.share(0), kHigh);
  EXPECT_NEAR(held.bias(0), 0, kBias);
  EXPECT_GT(held.dropped(), 0.02);
  EXPECT_LT(held.dropped(), 0.3);
}

// The machine gets slower and slower, by a fifth from the first turn to the last.
class Drift : public Simulation {
 public:
  using Simulation::Simulation;

 protected:
  Moment next() override {
    constexpr double kAll = kRounds * kSeatings * kTurns * kStrategies;
    const double part = static_cast<double>(count_++) / kAll;
    return {.log_speed = -0.2 * part, .memory_ns = 100 * (1 + 0.5 * part)};
  }
  double log_ratio(const Moment& /*moment*/) override { return -0.03; }

 private:
  std::size_t count_ = 0;
};

TEST(TurnNoise, ADriftIsNoReasonToDropAnything) {
  const Held<Drift> held({-0.03});
  EXPECT_GE(held.share(0), kLow);
  EXPECT_LE(held.share(0), kHigh);
  EXPECT_NEAR(held.bias(0), 0, kBias);
  EXPECT_EQ(held.dropped(), 0);
}

// The cores are near or far for some dozens of turns, and the candidate is another one in each.
class TwoRegimes : public Simulation {
 public:
  static constexpr double kNearRatio = 0.05;
  static constexpr double kFarRatio = -0.04;
  using Simulation::Simulation;

 protected:
  Moment next() override {
    if (random_.uniform() < 0.02) far_ = !far_;
    return far_ ? Moment{.log_speed = -0.5, .round_trip_ns = kFar} : Moment{};
  }
  double log_ratio(const Moment& moment) override {
    return moment.round_trip_ns == kFar ? kFarRatio : kNearRatio;
  }

 private:
  bool far_ = false;
};

TEST(TurnNoise, ARunThatChangesItsRegimeGivesBothAnswers) {
  const Held<TwoRegimes> held({TwoRegimes::kNearRatio, TwoRegimes::kFarRatio});
  for (const std::size_t regime : {0U, 1U}) {
    EXPECT_GE(held.share(regime), kLow) << regime;
    EXPECT_LE(held.share(regime), kHigh) << regime;
    // A change between two turns of which the second is not asked goes unnoticed.
    EXPECT_NEAR(held.bias(regime), 0, 2 * kBias) << regime;
  }
}

// Whenever the candidate had a slow turn it leaves a machine behind that looks disturbed: a rule that asked
// would drop its slow turns.
class Guilty : public Simulation {
 public:
  using Simulation::Simulation;

 protected:
  Moment next() override { return {}; }
  double log_ratio(const Moment& /*moment*/) override { return 0; }
  double aftermath(std::size_t strategy, double log_speed) override {
    return strategy == kCandidate && log_speed < 0 ? 2 : 1;
  }
};

TEST(TurnNoise, AStrategyThatDisturbsTheCalibrationDoesNotGetAwayWithIt) {
  const Held<Guilty> held({0.0});
  EXPECT_GE(held.share(0), kLow);
  EXPECT_LE(held.share(0), kHigh);
  EXPECT_NEAR(held.bias(0), 0, kBias);
  EXPECT_GT(held.dropped(), 0);  // by what it left behind in the block before, which chooses nothing
}

}  // namespace
}  // namespace baton::suite
