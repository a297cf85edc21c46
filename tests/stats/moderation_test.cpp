// Families of equal cells in few rounds: how often one of them is called different, and how narrow their
// intervals are. Seeds are fixed.
#include "harness/stats/moderation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/stats/comparisons.hpp"
#include "harness/stats/ratio.hpp"
#include "tests/stats/noise.hpp"

namespace baton::stats {
namespace {

using testing::kNoises;
using testing::kRepetitions;
using testing::kSlack;
using testing::Noise;

constexpr double kLow = 0.93 - kSlack;

double share(std::size_t count) { return static_cast<double>(count) / static_cast<double>(kRepetitions); }

// Ten equal cells in four rounds, some of which are noisier than others: what a quick suite looks like.
TEST(Moderation, FamilyOfFewRoundsErrsInAtMost5PercentOfRunsAndIsNarrower) {
  constexpr std::size_t kQuestions = 10;
  for (const std::size_t rounds : {2U, 3U, 4U}) {
    for (const double unlike : {0.0, 0.35, 0.7}) {  // of the logarithm of their standard deviations
      Random random(16 + rounds);
      std::size_t any = 0;
      std::size_t held = 0;
      double width = 0;
      double width_alone = 0;
      for (std::size_t i = 0; i < kRepetitions; ++i) {
        std::vector<std::vector<Slices>> family(kQuestions);
        std::vector<Spread> spreads;
        for (std::vector<Slices>& series : family) {
          const double noisy = std::exp(unlike * testing::normal(random));
          for (std::size_t r = 0; r < rounds; ++r) series.push_back({0.02 * noisy * testing::normal(random)});
          spreads.push_back(spread_of(series).value());
        }
        const std::vector<std::optional<Spread>> common(kQuestions, common_spread(spreads));
        bool wrong = false;
        for (const auto& found : compare_family(family, {.level = 0.95, .seed = i, .common = common})) {
          ASSERT_TRUE(found);
          ASSERT_EQ(found->simultaneous_method, Method::moderated);
          wrong = wrong || !found->simultaneous_log.contains(0);
          held += found->alone.log_interval.contains(0) ? 1U : 0U;
          width += found->simultaneous_log.half_width();
        }
        for (const auto& found : compare_family(family, {.level = 0.95, .seed = i}))
          width_alone += found->simultaneous_log.half_width();
        any += wrong ? 1 : 0;
      }
      const std::string which = std::to_string(rounds) + " rounds, unlike by " + std::to_string(unlike);
      EXPECT_LE(share(any), 0.05 + 0.01 + kSlack) << which;  // the last: of so many repetitions
      EXPECT_GE(share(held) / kQuestions, kLow) << which;
      EXPECT_LT(width, (rounds < 4 ? 0.7 : 0.9) * width_alone) << which;
      RecordProperty(which, std::to_string(share(any)) + ", " + std::to_string(share(held) / kQuestions) +
                                ", width " + std::to_string(width / width_alone));
    }
  }
}

TEST(Moderation, FamilyUnderSkewedNoiseErrsInAtMost5PercentOfRuns) {
  constexpr std::size_t kQuestions = 10;
  for (const Noise noise : kNoises) {
    for (const std::size_t rounds : {3U, 5U, 8U, 11U}) {
      Random random(17 + rounds);
      std::size_t any = 0;
      std::size_t held = 0;
      for (std::size_t i = 0; i < kRepetitions; ++i) {
        std::vector<std::vector<Slices>> family;
        std::vector<Spread> spreads;
        for (std::size_t q = 0; q < kQuestions; ++q) {
          family.push_back(testing::simulate(noise, rounds, 0, random));
          spreads.push_back(spread_of(family.back()).value());
        }
        const std::vector<std::optional<Spread>> common(kQuestions, common_spread(spreads));
        bool wrong = false;
        for (const auto& found : compare_family(family, {.level = 0.95, .seed = i, .common = common})) {
          wrong = wrong || !found.value().simultaneous_log.contains(0);
          held += found->alone.log_interval.contains(0) ? 1U : 0U;
        }
        any += wrong ? 1 : 0;
      }
      const std::string which = std::string(to_string(noise)) + ", " + std::to_string(rounds) + " rounds";
      EXPECT_LE(share(any), 0.05 + 0.01 + kSlack) << which;
      EXPECT_GE(share(held) / kQuestions, kLow) << which;
      RecordProperty(which, std::to_string(share(any)) + ", " + std::to_string(share(held) / kQuestions));
    }
  }
}

TEST(Moderation, TooFewQuestionsHaveNothingInCommon) {
  EXPECT_FALSE(common_spread(std::vector<Spread>{{1, 3}, {2, 3}}));
  EXPECT_FALSE(common_spread(std::vector<Spread>{{1, 3}, {2, 3}, {0, 3}, {1, 0}})) << "these two say nothing";
  EXPECT_TRUE(common_spread(std::vector<Spread>{{1, 3}, {2, 3}, {1.5, 3}}));
}

TEST(Moderation, AQuestionWithoutScatterOrWithoutOthersStaysAsItWas) {
  EXPECT_EQ(moderated({0, 3}, Spread{1, 5}).degrees, 3);
  EXPECT_EQ(moderated({2, 3}, std::nullopt).variance, 2);
  const Spread both = moderated({2, 3}, Spread{1, 9});
  EXPECT_DOUBLE_EQ(both.variance, (3 * 2.0 + 9 * 1.0) / 12);
  EXPECT_EQ(both.degrees, 12);
}

}  // namespace
}  // namespace baton::stats
