// Intervals hold a truth that is known because it was planted. Seeds are fixed: each run computes the same
// numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/stats/comparisons.hpp"
#include "harness/stats/decision.hpp"
#include "harness/stats/moments.hpp"
#include "harness/stats/order.hpp"
#include "harness/stats/precision.hpp"
#include "harness/stats/ratio.hpp"
#include "harness/stats/resolution.hpp"
#include "tests/stats/noise.hpp"

namespace baton::stats {
namespace {

using testing::kNoises;
using testing::kRepetitions;
using testing::kSlack;
using testing::Noise;

constexpr double kLow = 0.93 - kSlack;
constexpr double kHigh = 0.97 + kSlack;

double share(std::size_t count) { return static_cast<double>(count) / static_cast<double>(kRepetitions); }

// Where every repetition draws slices as well.
constexpr std::size_t kFewer = kRepetitions / 2;
double share_of_fewer(std::size_t count) { return static_cast<double>(count) / static_cast<double>(kFewer); }

TEST(Coverage, RatioIntervalsHoldThePlantedRatioIn93To97PercentOfRuns) {
  const double truth = std::log(1.05);
  for (const Noise noise : kNoises) {
    for (const std::size_t rounds : {5U, 8U, 12U, 30U, 120U}) {
      Random random(rounds);
      std::size_t held = 0;
      for (std::size_t i = 0; i < kRepetitions; ++i) {
        const auto ratio =
            estimate_ratio(testing::simulate(noise, rounds, truth, random), {.level = 0.95, .seed = i});
        ASSERT_TRUE(ratio);
        if (ratio->log_interval.contains(truth)) ++held;
      }
      EXPECT_GE(share(held), kLow) << to_string(noise) << ", " << rounds << " rounds";
      // Two regimes in five rounds are so few outcomes that intervals of any kind hold the truth too often.
      if (rounds > 5) {
        // A fifth off each side of three modes is again few outcomes.
        const double high = noise == Noise::regimes && rounds == 12 ? kHigh + 0.01 : kHigh;
        EXPECT_LE(share(held), high) << to_string(noise) << ", " << rounds << " rounds";
      }
      RecordProperty(std::string(to_string(noise)) + std::to_string(rounds), std::to_string(share(held)));
    }
  }
}

TEST(Coverage, IntervalsOverTrialsAndSlicesHoldThePlantedRatioIn93To97PercentOfRuns) {
  const double truth = std::log(0.95);
  for (const Noise noise : kNoises) {
    for (const std::size_t rounds : {5U, 10U}) {
      Random random(rounds);
      std::size_t held = 0;
      for (std::size_t i = 0; i < kFewer; ++i) {
        const auto ratio = estimate_ratio(testing::simulate_slices(noise, rounds, 4, truth, random),
                                          {.level = 0.95, .seed = i});
        ASSERT_TRUE(ratio);
        if (ratio->log_interval.contains(truth)) ++held;
      }
      EXPECT_GE(share_of_fewer(held), kLow) << to_string(noise) << ", " << rounds << " rounds";
      EXPECT_LE(share_of_fewer(held), kHigh) << to_string(noise) << ", " << rounds << " rounds";
      RecordProperty(std::string(to_string(noise)) + std::to_string(rounds),
                     std::to_string(share_of_fewer(held)));
    }
  }
}

TEST(Coverage, MedianIntervalsHoldTheMedianIn93To97PercentOfRuns) {
  for (const std::size_t trials : {6U, 7U, 10U, 15U, 30U}) {
    Random random(trials);
    std::size_t held = 0;
    for (std::size_t i = 0; i < kRepetitions; ++i) {
      std::vector<double> values(trials);
      for (double& value : values) value = std::exp(testing::normal(random));  // median 1
      const auto interval = median_interval(values, 0.95);
      ASSERT_TRUE(interval);
      if (interval->contains(1)) ++held;
    }
    EXPECT_GE(share(held), kLow) << trials << " trials";
    EXPECT_LE(share(held), kHigh) << trials << " trials";
  }
}

TEST(Coverage, IntervalsOfEqualCellsExcludeOneInAboutFivePercentOfRuns) {
  for (const Noise noise : kNoises) {
    Random random(11);
    std::size_t called = 0;
    for (std::size_t i = 0; i < kRepetitions; ++i) {
      // Without a resolution: the interval alone has to keep the error rate.
      const auto ratio = estimate_ratio(testing::simulate(noise, 10, 0, random), {.level = 0.95, .seed = i});
      ASSERT_TRUE(ratio);
      const Answer answer = decide(ratio->log, ratio->log_interval, {}, Better::higher);
      if (answer == Answer::better || answer == Answer::worse) ++called;
    }
    EXPECT_LE(share(called), 0.05 + 0.008 + kSlack)
        << to_string(noise);  // 0.008: two standard errors of the share
    EXPECT_GT(called, 0U) << to_string(noise) << ": intervals that never err are wider than they say";
  }
}

TEST(Coverage, EqualCellsAreCalledDifferentInAtMost5PercentOfRuns) {
  Random random(12);
  std::size_t called = 0;
  for (std::size_t i = 0; i < kRepetitions; ++i) {
    const std::vector<std::vector<Slices>> same{testing::simulate(Noise::gaussian, 10, 0, random)};
    const auto resolution = resolutions_from(same, {.level = 0.95, .seed = i}).front();
    const auto ratio =
        estimate_ratio(testing::simulate(Noise::gaussian, 10, 0, random), {.level = 0.95, .seed = i});
    ASSERT_TRUE(resolution && ratio);
    const Answer answer =
        decide(ratio->log, ratio->log_interval, {.resolution = resolution->log}, Better::higher);
    if (answer == Answer::better || answer == Answer::worse) ++called;
  }
  EXPECT_LE(share(called), 0.05);
}

TEST(Coverage, PlantedFivePercentIsFoundWithAnIntervalThatHoldsIt) {
  const double truth = std::log(0.95);
  for (const Noise noise : {Noise::gaussian, Noise::stalls}) {
    Random random(13);
    std::size_t found = 0;
    std::size_t held = 0;
    for (std::size_t i = 0; i < kFewer; ++i) {
      const std::vector<std::vector<Slices>> same{testing::simulate_slices(noise, 10, 4, 0, random)};
      const auto resolution = resolutions_from(same, {.level = 0.95, .seed = i}).front();
      const auto ratio =
          estimate_ratio(testing::simulate_slices(noise, 10, 4, truth, random), {.level = 0.95, .seed = i});
      ASSERT_TRUE(resolution && ratio);
      const Limits limits{.resolution = resolution->log};
      if (decide(ratio->log, ratio->log_interval, limits, Better::higher) == Answer::worse) ++found;
      if (ratio->interval().contains(0.95)) ++held;
    }
    EXPECT_GE(share_of_fewer(found), 0.95 - kSlack) << to_string(noise);
    EXPECT_GE(share_of_fewer(held), kLow) << to_string(noise);
  }
}

TEST(Coverage, FamilyOfEqualCellsHasACallAnywhereInAtMost5PercentOfRuns) {
  constexpr std::size_t kQuestions = 5;
  constexpr std::size_t kFamilies = kRepetitions / 2;
  for (const Noise noise : kNoises) {
    Random random(14);
    std::size_t by_interval = 0;
    std::size_t by_holm = 0;
    std::size_t uncorrected = 0;
    for (std::size_t i = 0; i < kFamilies; ++i) {
      std::vector<std::vector<Slices>> family;
      for (std::size_t q = 0; q < kQuestions; ++q) family.push_back(testing::simulate(noise, 8, 0, random));
      bool any_interval = false;
      bool any_holm = false;
      bool any_alone = false;
      for (const auto& comparison : compare_family(family, {.level = 0.95, .seed = i * kQuestions})) {
        ASSERT_TRUE(comparison);
        any_interval = any_interval || !comparison->simultaneous_log.contains(0);
        any_holm = any_holm || comparison->p_holm <= 0.05;
        any_alone = any_alone || !comparison->alone.log_interval.contains(0);
      }
      by_interval += any_interval ? 1 : 0;
      by_holm += any_holm ? 1 : 0;
      uncorrected += any_alone ? 1 : 0;
    }
    EXPECT_LE(static_cast<double>(by_interval), (0.05 + kSlack) * kFamilies) << to_string(noise);
    EXPECT_LE(static_cast<double>(by_holm), (0.05 + kSlack) * kFamilies) << to_string(noise);
    EXPECT_GT(uncorrected, by_interval) << to_string(noise) << ": the correction changes nothing";
  }
}

// One slice in ten loses a third to the host, on either side.
TEST(Coverage, SlicesThatTheHostDisturbedHardlyWidenAnInterval) {
  const double truth = std::log(1.05);
  Random random(21);
  std::size_t held = 0;
  double width = 0;
  double width_of_means = 0;
  for (std::size_t i = 0; i < kFewer; ++i) {
    std::vector<Slices> trials(8);
    std::vector<Slices> means;
    for (Slices& trial : trials) {
      const double of_trial = 0.005 * testing::normal(random);
      const auto side = [&] { return 0.01 * testing::normal(random) - (random.uniform() < 0.1 ? 0.4 : 0); };
      for (std::size_t slice = 0; slice < 20; ++slice) trial.push_back(truth + of_trial + side() - side());
      means.push_back({mean(trial)});
    }
    const auto ratio = estimate_ratio(trials, {.level = 0.95, .seed = i});
    ASSERT_TRUE(ratio);
    held += ratio->log_interval.contains(truth) ? 1U : 0U;
    width += ratio->log_interval.half_width();
    width_of_means += estimate_ratio(means, {.level = 0.95, .seed = i})->log_interval.half_width();
  }
  EXPECT_GE(share_of_fewer(held), kLow);
  EXPECT_LE(share_of_fewer(held), kHigh);
  EXPECT_LT(width, width_of_means / 3);
  RecordProperty("held",
                 std::to_string(share_of_fewer(held)) + ", width " + std::to_string(width / width_of_means));
}

// One trial in ten is disturbed from end to end, on either side.
TEST(Coverage, TrialsThatTheHostDisturbedHardlyWidenAnInterval) {
  const double truth = std::log(1.05);
  for (const std::size_t rounds : {12U, 20U, 60U}) {
    Random random(rounds);
    std::size_t held = 0;
    double width = 0, width_of_quiet = 0;
    for (std::size_t i = 0; i < kFewer; ++i) {
      std::vector<Slices> trials(rounds), quiet(rounds);
      for (std::size_t trial = 0; trial < rounds; ++trial) {
        quiet[trial] = {truth + 0.02 * testing::normal(random)};
        const double lost = random.uniform() < 0.1 ? 0.5 : 0;
        trials[trial] = {quiet[trial].front() + (random.uniform() < 0.5 ? lost : -lost)};
      }
      const auto ratio = estimate_ratio(trials, {.level = 0.95, .seed = i});
      ASSERT_TRUE(ratio);
      EXPECT_EQ(ratio->method, Method::trimmed);
      held += ratio->log_interval.contains(truth) ? 1U : 0U;
      width += ratio->log_interval.half_width();
      width_of_quiet += estimate_ratio(quiet, {.level = 0.95, .seed = i})->log_interval.half_width();
    }
    EXPECT_GE(share_of_fewer(held), kLow) << rounds << " rounds";
    EXPECT_LE(share_of_fewer(held), kHigh + 0.015) << rounds << " rounds";  // wide by chance now and then
    EXPECT_LT(width, 2.5 * width_of_quiet) << rounds << " rounds";
    RecordProperty(std::to_string(rounds), std::to_string(share_of_fewer(held)) + ", width " +
                                               std::to_string(width / width_of_quiet));
  }
}

TEST(Coverage, StoppingWhenPreciseKeepsTheIntervalsHonestUnderPeeking) {
  const double truth = std::log(1.05);
  const StopRule rule{.half_width = 0.02, .least_rounds = 10, .most_rounds = 60};
  for (const Noise noise : kNoises) {
    Random random(15);
    std::size_t held = 0;
    double rounds = 0;
    for (std::size_t i = 0; i < kRepetitions; ++i) {
      std::vector<Slices> trials = testing::simulate(noise, rule.least_rounds - 1, truth, random);
      std::optional<Scatter> scatter;
      do {
        trials.push_back(testing::simulate(noise, 1, truth, random).front());
        std::vector<double> values;
        values.reserve(trials.size());
        for (const Slices& trial : trials) values.push_back(trial.front());
        scatter = Scatter{trials.size(), trials.size(), standard_deviation(values), 0.95};
      } while (next_step({&scatter, 1}, rule) == Next::another_round);
      const auto ratio = estimate_ratio(trials, {.level = 0.95, .seed = i});
      ASSERT_TRUE(ratio);
      if (ratio->log_interval.contains(truth)) ++held;
      rounds += static_cast<double>(trials.size());
    }
    EXPECT_GE(share(held), kLow) << to_string(noise);
    EXPECT_LE(share(held), kHigh) << to_string(noise);
    EXPECT_GT(rounds / kRepetitions, 11) << to_string(noise) << ": the rule was never under test";
    RecordProperty(std::string(to_string(noise)), std::to_string(share(held)));
  }
}

}  // namespace
}  // namespace baton::stats
