#include "harness/stats/cell.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "harness/stats/dip.hpp"
#include "harness/stats/effect.hpp"
#include "harness/stats/order.hpp"
#include "harness/stats/variance.hpp"
#include "tests/stats/noise.hpp"

namespace baton::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> near_and_far(std::size_t n, Random& random) {
  std::vector<double> round_trips;
  for (std::size_t i = 0; i < n; ++i)
    round_trips.push_back((i % 2 == 0 ? 78 : 320) * (1 + 0.05 * testing::normal(random)));
  return round_trips;
}

TEST(Cell, WithTwoModesHasNoMeanAndNamesBoth) {
  Random random(1);
  const auto cell = summarize_cell(near_and_far(20, random), {});
  ASSERT_TRUE(cell && cell->modes && cell->modes->modes);
  EXPECT_FALSE(cell->mean);
  EXPECT_NEAR(cell->modes->modes->low_centre, 78, 8);
  EXPECT_NEAR(cell->modes->modes->high_centre, 320, 30);
  EXPECT_DOUBLE_EQ(cell->modes->modes->high_share, 0.5);
}

TEST(Cell, WithOneModeHasMeanMedianAndItsInterval) {
  const auto cell = summarize_cell(std::vector{3.0, 1.0, 2.0, 5.0, 4.0, 6.0, 8.0, 7.0}, {});
  ASSERT_TRUE(cell && cell->mean && cell->median_interval);
  EXPECT_DOUBLE_EQ(*cell->mean, 4.5);
  EXPECT_DOUBLE_EQ(cell->median, 4.5);
  EXPECT_EQ(cell->least, 1);
  EXPECT_EQ(cell->greatest, 8);
  EXPECT_TRUE(cell->median_interval->contains(4.5));
}

TEST(Cell, OfOneTrialHasNoInterval) {
  const auto cell = summarize_cell(std::vector{3.0}, {});
  ASSERT_TRUE(cell);
  EXPECT_FALSE(cell->median_interval);
  EXPECT_FALSE(cell->modes);
  EXPECT_EQ(cell->mean.value(), 3);
}

TEST(Cell, IsUnavailableRatherThanNaN) {
  EXPECT_FALSE(summarize_cell({}, {}));
  EXPECT_FALSE(summarize_cell(std::vector{1.0, kNaN}, {}));
  EXPECT_FALSE(median(std::vector{kNaN}));
  EXPECT_FALSE(quantile_of_sorted(std::vector{1.0}, kNaN));
  EXPECT_FALSE(quantile_of_sorted(std::vector{1.0}, 1.5));
  EXPECT_FALSE(median_interval(std::vector{1.0, 2.0}, 1));
  EXPECT_FALSE(quantile_ranks(100, 1, 0.95));
  EXPECT_FALSE(test_modes(std::vector<double>(20, kNaN), {}));
  EXPECT_FALSE(cliffs_delta({}, std::vector{1.0}));
}

// The least dip that is called two modes at 5 %, by bisection: a thousand cells then cost one simulation and
// not a thousand.
double critical_dip(std::size_t n) {
  double one_mode = 0;
  double two_modes = 0.25;
  for (int i = 0; i < 12; ++i) {
    const double middle = (one_mode + two_modes) / 2;
    (dip_p_value(middle, n, 1) <= 0.05 ? two_modes : one_mode) = middle;
  }
  return two_modes;
}

TEST(Modes, AreFoundInFewerThanOneInTwentyCellsThatHaveOne) {
  constexpr std::size_t kCells = testing::kRepetitions;
  for (const std::size_t n : {8U, 20U, 40U}) {
    const double critical = critical_dip(n);
    Random random(n);
    std::vector<double> values(n);
    const auto called = [&](auto draw) {
      for (double& value : values) value = draw();
      std::sort(values.begin(), values.end());
      return dip_statistic(values) >= critical ? 1U : 0U;
    };
    std::size_t normal = 0;
    std::size_t uniform = 0;
    std::size_t skewed = 0;
    for (std::size_t i = 0; i < kCells; ++i) {
      normal += called([&] { return testing::normal(random); });
      uniform += called([&] { return random.uniform(); });
      skewed += called([&] { return std::exp(testing::normal(random)); });
    }
    EXPECT_LE(normal, (0.05 + testing::kSlack) * kCells) << n << " trials";
    EXPECT_LE(skewed, (0.05 + testing::kSlack) * kCells) << n << " trials";
    // The hardest case errs in exactly 5 % of an endless simulation: three standard errors of this one are 2
    // %.
    EXPECT_LE(uniform, (0.07 + testing::kSlack) * kCells) << n << " trials";
    EXPECT_GT(uniform, 0U) << n << " trials: a test that never errs finds nothing";
  }
}

TEST(Modes, AreFoundInNineOfTenCellsThatHaveTwoFarApart) {
  constexpr std::size_t kCells = testing::kRepetitions / 10;
  Random random(2);
  std::size_t found = 0;
  for (std::size_t i = 0; i < kCells; ++i) {
    if (test_modes(near_and_far(12, random), {.alpha = 0.05, .seed = i})->modes) ++found;
  }
  EXPECT_GE(found, 0.9 * kCells);
}

TEST(Modes, DipOfTwoEqualPointMassesIsAQuarter) {
  EXPECT_DOUBLE_EQ(dip_statistic(std::vector{1.0, 1.0, 1.0, 2.0, 2.0, 2.0}), 0.25);
  EXPECT_EQ(dip_statistic(std::vector{1.0, 1.0}), 0);
  EXPECT_EQ(dip_statistic({}), 0);
}

TEST(Order, IntervalOfFiveValuesIsTheirRangeAndSaysWhatItAttains) {
  const auto interval = median_interval(std::vector{5.0, 1.0, 3.0, 2.0, 4.0}, 0.95);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 1);
  EXPECT_EQ(interval->high, 5);
  EXPECT_DOUBLE_EQ(interval->level, 0.9375);
}

TEST(Order, RanksOfAPercentileNeedEnoughObservations) {
  EXPECT_FALSE(quantile_ranks(3687, 0.999, 0.95));
  EXPECT_TRUE(quantile_ranks(3688, 0.999, 0.95));
  const auto ranks = quantile_ranks(10000, 0.99, 0.95);
  ASSERT_TRUE(ranks);
  EXPECT_GE(ranks->level, 0.95);
  EXPECT_LT(ranks->low, 9900U);
  EXPECT_GT(ranks->high, 9900U);
}

TEST(Effect, CliffsDeltaIsOneWhenEveryTrialOfTheCandidateIsGreater) {
  EXPECT_EQ(cliffs_delta(std::vector{1.0, 2.0}, std::vector{3.0, 4.0}), 1);
  EXPECT_EQ(cliffs_delta(std::vector{3.0, 4.0}, std::vector{1.0, 2.0}), -1);
  EXPECT_EQ(cliffs_delta(std::vector{1.0, 2.0}, std::vector{1.0, 2.0}), 0);
}

TEST(Variance, PlantedPartsAreFoundAgain) {
  Random random(3);
  std::vector<Slices> trials(2000);
  for (Slices& trial : trials) {
    const double of_trial = 2 * testing::normal(random);
    for (int i = 0; i < 5; ++i) trial.push_back(of_trial + 3 * testing::normal(random));
  }
  const auto parts = variance_components(trials);
  ASSERT_TRUE(parts);
  EXPECT_NEAR(parts->between, 4, 0.5);
  EXPECT_NEAR(parts->within, 9, 0.5);
  EXPECT_EQ(best_slices({.between = 4, .within = 9, .slices = 5}, 16, 1), 6U);
  EXPECT_FALSE(best_slices({.between = 0, .within = 9, .slices = 5}, 16, 1));
  EXPECT_FALSE(variance_components(std::vector<Slices>{{1.0, 2.0}, {1.0}}));
}

}  // namespace
}  // namespace baton::stats
