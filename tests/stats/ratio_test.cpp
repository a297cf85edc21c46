#include "harness/stats/ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "harness/stats/comparisons.hpp"
#include "harness/stats/resolution.hpp"
#include "tests/stats/noise.hpp"

namespace baton::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Ratio, IsCandidateOverBaselineAsAGeometricMean) {
  const auto trials = log_ratios(std::vector{100.0, 100.0}, std::vector{50.0, 200.0});
  ASSERT_TRUE(trials);
  const auto ratio = estimate_ratio(*trials, {});
  ASSERT_TRUE(ratio);
  EXPECT_NEAR(ratio->value(), 1, 1e-12);
  EXPECT_LT(ratio->interval().low, 1);
  EXPECT_GT(ratio->interval().high, 1);
}

TEST(Ratio, WhatBothCellsOfARoundSufferAlikeFallsOut) {
  std::vector<double> baseline;
  std::vector<double> candidate;
  for (const double machine : {1.0, 0.4, 2.5, 0.9, 1.7, 0.3, 1.1}) {
    baseline.push_back(1000 * machine);
    candidate.push_back(950 * machine);
  }
  const auto ratio = estimate_ratio(*log_ratios(baseline, candidate), {});
  ASSERT_TRUE(ratio);
  EXPECT_NEAR(ratio->value(), 0.95, 1e-12);
  EXPECT_NEAR(ratio->interval().half_width(), 0, 1e-9);
}

TEST(Ratio, TrialsThatAllGaveTheSameRatioGiveAPoint) {
  const std::vector<Slices> trials(7, Slices{0.25});
  const auto ratio = estimate_ratio(trials, {});
  ASSERT_TRUE(ratio);
  EXPECT_EQ(ratio->method, Method::exact);
  EXPECT_EQ(ratio->log_interval.low, 0.25);
  EXPECT_EQ(ratio->log_interval.high, 0.25);
  EXPECT_EQ(ratio->p_value, 0);
  EXPECT_EQ(estimate_ratio(std::vector<Slices>(7, Slices{0}), {})->p_value, 1);
}

TEST(Ratio, SlicesOfOneTrialDoNotCountAsTrials) {
  Random random(5);
  const auto few = testing::simulate(testing::Noise::gaussian, 6, 0, random);
  std::vector<Slices> many = few;
  for (Slices& trial : many) trial.assign(1000, trial.front());
  const auto interval = estimate_ratio(few, {})->log_interval;
  EXPECT_NEAR(estimate_ratio(many, {})->log_interval.half_width(), interval.half_width(),
              0.1 * interval.half_width());
}

TEST(Ratio, SameSeedAndDataGiveTheSameInterval) {
  Random random(6);
  const auto trials = testing::simulate_slices(testing::Noise::stalls, 9, 5, 0.1, random);
  const auto first = estimate_ratio(trials, {.level = 0.95, .seed = 4});
  const auto second = estimate_ratio(trials, {.level = 0.95, .seed = 4});
  EXPECT_EQ(first->log_interval.low, second->log_interval.low);
  EXPECT_EQ(first->p_value, second->p_value);
  EXPECT_NE(first->log_interval.low, estimate_ratio(trials, {.level = 0.95, .seed = 5})->log_interval.low);
}

TEST(Ratio, LevelBeyondTheReplicatesIsStudentsAndSaysSo) {
  Random random(7);
  const auto trials = testing::simulate(testing::Noise::gaussian, 10, 0, random);
  const auto ratio = estimate_ratio(trials, {.level = 1 - 1e-9, .seed = 1});
  ASSERT_TRUE(ratio);
  EXPECT_EQ(ratio->method, Method::student);
  EXPECT_TRUE(std::isfinite(ratio->log_interval.high));
}

TEST(Ratio, IsUnavailableRatherThanNaN) {
  EXPECT_FALSE(log_ratio(0, 1));
  EXPECT_FALSE(log_ratio(1, -1));
  EXPECT_FALSE(log_ratio(kNaN, 1));
  EXPECT_FALSE(log_ratio(1, kInfinity));
  EXPECT_TRUE(std::isfinite(log_ratio(1e-300, 1e300).value()));
  EXPECT_FALSE(log_ratios(std::vector{1.0, 2.0}, std::vector{1.0}));
  EXPECT_FALSE(log_ratios(std::vector{1.0, 2.0}, std::vector{1.0, 0.0}));
  EXPECT_FALSE(estimate_ratio({}, {}));
  EXPECT_FALSE(estimate_ratio(std::vector<Slices>{{1.0}}, {}));
  EXPECT_FALSE(estimate_ratio(std::vector<Slices>{{1.0}, {}}, {}));
  EXPECT_FALSE(estimate_ratio(std::vector<Slices>{{1.0}, {kNaN}}, {}));
  EXPECT_FALSE(estimate_ratio(std::vector<Slices>{{1.0}, {2.0}}, {.level = 1}));
  EXPECT_FALSE(estimate_ratio(std::vector<Slices>{{1.0}, {2.0}}, {.level = kNaN}));
}

TEST(Family, CorrectedIntervalsAreWiderAndAQuestionWithoutDataDoesNotCount) {
  Random random(8);
  std::vector<std::vector<Slices>> family;
  family.reserve(5);
  for (int i = 0; i < 4; ++i) family.push_back(testing::simulate(testing::Noise::gaussian, 10, 0.1, random));
  family.insert(family.begin() + 1, std::vector<Slices>{});
  const auto comparisons = compare_family(family, {});
  ASSERT_EQ(comparisons.size(), 5U);
  EXPECT_FALSE(comparisons[1]);
  for (const std::size_t i : {0U, 2U, 3U, 4U}) {
    ASSERT_TRUE(comparisons[i]);
    EXPECT_GT(comparisons[i]->simultaneous_log.half_width(), comparisons[i]->alone.log_interval.half_width());
    EXPECT_NEAR(comparisons[i]->simultaneous_log.level, 0.9875, 1e-12);
    EXPECT_GE(comparisons[i]->p_holm, comparisons[i]->alone.p_value);
  }
}

TEST(Family, OfOneQuestionNeedsNoCorrection) {
  Random random(9);
  const std::vector<std::vector<Slices>> family{testing::simulate(testing::Noise::gaussian, 10, 0.1, random)};
  const auto comparison = compare_family(family, {}).front();
  ASSERT_TRUE(comparison);
  EXPECT_EQ(comparison->simultaneous_log.low, comparison->alone.log_interval.low);
  EXPECT_EQ(comparison->p_holm, comparison->alone.p_value);
}

TEST(Family, HolmRefusesWhatIsNoProbability) {
  EXPECT_FALSE(holm(std::vector{0.1, kNaN}));
  EXPECT_FALSE(holm(std::vector{0.1, 1.5}));
}

TEST(Resolution, IsTheFarEndOfEachPair) {
  const std::vector<std::vector<Slices>> pairs{{{0.001}, {-0.001}, {0.0}}, {{-0.02}, {-0.01}, {-0.03}}, {}};
  const auto resolutions = resolutions_from(pairs, {});
  ASSERT_EQ(resolutions.size(), 3U);
  ASSERT_TRUE(resolutions[0] && resolutions[1]);
  EXPECT_DOUBLE_EQ(resolutions[0]->log, estimate_ratio(pairs[0], {})->log_interval.high);
  EXPECT_DOUBLE_EQ(resolutions[1]->log, -estimate_ratio(pairs[1], {})->log_interval.low);
  EXPECT_FALSE(resolutions[1]->biased);
  EXPECT_FALSE(resolutions[2]) << "a pair without a ratio has no resolution";
}

TEST(Resolution, SaysWhenOneOfTwoEqualNamesIsFavoured) {
  const std::vector<std::vector<Slices>> pairs{{{0.031}, {0.030}, {0.029}, {0.03}}};
  const auto resolution = resolutions_from(pairs, {}).front();
  ASSERT_TRUE(resolution);
  EXPECT_TRUE(resolution->biased);
  EXPECT_GT(resolution->percent(), 3);
}

TEST(Resolution, OneOfManyEqualPairsThatComesOutApartByChanceIsNotCalledFavoured) {
  std::vector<std::vector<Slices>> pairs{{{0.03}, {0.01}, {0.02}, {0.02}}};
  EXPECT_TRUE(resolutions_from(pairs, {}).front()->biased);
  for (int i = 0; i < 19; ++i) pairs.push_back({{0.01}, {-0.01}, {0.02}, {-0.02}});
  EXPECT_FALSE(resolutions_from(pairs, {}).front()->biased);
}

}  // namespace
}  // namespace baton::stats
