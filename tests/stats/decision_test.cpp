#include "harness/stats/decision.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "harness/stats/precision.hpp"

namespace baton::stats {
namespace {

constexpr Limits kLimits{.resolution = 0.02, .margin = 0};

Answer answer(double low, double high, Limits limits = kLimits, Better better = Better::higher) {
  return decide((low + high) / 2, {low, high, 0.95}, limits, better);
}

TEST(Decision, BetterAndWorseFollowTheDirectionOfTheMetric) {
  EXPECT_EQ(answer(0.03, 0.07), Answer::better);
  EXPECT_EQ(answer(-0.07, -0.03), Answer::worse);
  EXPECT_EQ(answer(0.03, 0.07, kLimits, Better::lower), Answer::worse);
  EXPECT_EQ(answer(-0.07, -0.03, kLimits, Better::lower), Answer::better);
}

TEST(Decision, NothingWithinTheResolutionIsCalledDifferent) {
  EXPECT_EQ(answer(0.005, 0.015), Answer::no_difference);
  EXPECT_EQ(answer(0.001, 0.035), Answer::undecided);  // estimate 0.018
  EXPECT_EQ(answer(0.001, 0.043), Answer::better);     // estimate 0.022
}

TEST(Decision, IntervalThatHoldsOneIsNeverCalledDifferent) {
  EXPECT_EQ(answer(-0.001, 0.3), Answer::undecided);
  EXPECT_EQ(answer(-0.01, 0.01), Answer::no_difference);
}

TEST(Decision, MarginWidensWhatCountsAsNoDifferenceAndNothingElse) {
  const Limits limits{.resolution = 0.02, .margin = 0.05};
  EXPECT_EQ(answer(-0.03, 0.04), Answer::undecided);
  EXPECT_EQ(answer(-0.03, 0.04, limits), Answer::no_difference);
  EXPECT_EQ(answer(0.02, 0.04, limits), Answer::better);
}

TEST(Precision, RoundsForAWidthAreTheFewestThatReachIt) {
  // t(0.975, 15) * 0.04 / sqrt(16) = 0.02131, t(0.975, 17) * 0.04 / sqrt(18) = 0.01989, by table.
  EXPECT_EQ(rounds_for(0.04, 0.95, 0.0214), 16U);
  EXPECT_EQ(rounds_for(0.04, 0.95, 0.0199), 18U);
  EXPECT_EQ(rounds_for(0, 0.95, 0.01), 2U);
}

TEST(Precision, IsUnavailableWhereNoNumberOfRoundsHelps) {
  EXPECT_FALSE(rounds_for(0.04, 0.95, 0));
  EXPECT_FALSE(rounds_for(-1, 0.95, 0.1));
  EXPECT_FALSE(rounds_for(0.04, 1, 0.1));
  EXPECT_FALSE(rounds_for(1, 0.95, 1e-6));
  Ratio ratio{.log = 0.02, .log_interval = {-0.01, 0.05, 0.95}, .spread = {0.04 * 0.04, 8}, .trials = 9};
  EXPECT_FALSE(rounds_to_decide(ratio, kLimits));  // the estimate lies on the limit
}

TEST(Precision, RoundsToDecideTakesTheNearerWayOut) {
  Ratio ratio{.log = 0.03, .log_interval = {-0.01, 0.07, 0.95}, .spread = {0.05 * 0.05, 7}, .trials = 8};
  EXPECT_EQ(rounds_to_decide(ratio, kLimits), rounds_for(0.05, 0.95, 0.03));  // away from 1
  ratio.log = 0.005;
  EXPECT_EQ(rounds_to_decide(ratio, kLimits), rounds_for(0.05, 0.95, 0.015));  // into the resolution
}

TEST(Precision, RuleStopsOnWidthAndNotBeforeTheLeastRounds) {
  const StopRule rule{.half_width = 0.02, .least_rounds = 10, .most_rounds = 20};
  const auto after = [&](std::size_t rounds, double log_sd) {
    const std::array<std::optional<Scatter>, 1> questions{Scatter{rounds, rounds, log_sd, 0.95}};
    return next_step(questions, rule);
  };
  EXPECT_EQ(after(9, 0), Next::another_round);
  EXPECT_EQ(after(10, 0.02), Next::precise_enough);
  EXPECT_EQ(after(10, 0.04), Next::another_round);
  EXPECT_EQ(after(20, 0.4), Next::rounds_spent);
}

TEST(Precision, RuleWaitsForTheQuestionThatIsLeastPrecise) {
  const StopRule rule{.half_width = 0.02, .least_rounds = 10, .most_rounds = 20};
  using Questions = std::array<std::optional<Scatter>, 2>;
  EXPECT_EQ(next_step(Questions{Scatter{12, 12, 0.01, 0.95}, Scatter{12, 12, 0.09, 0.95}}, rule),
            Next::another_round);
  EXPECT_EQ(next_step(Questions{Scatter{12, 12, 0.01, 0.95}, std::nullopt}, rule), Next::another_round);
  EXPECT_EQ(next_step(Questions{Scatter{12, 12, 0.01, 0.95}, Scatter{12, 12, 0.02, 0.95}}, rule),
            Next::precise_enough);
  EXPECT_EQ(next_step({}, rule), Next::another_round);
}

}  // namespace
}  // namespace baton::stats
