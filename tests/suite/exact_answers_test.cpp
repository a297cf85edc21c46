#include "harness/suite/exact_answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::suite {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

json comparison(const char* answer, const json& predicted) {
  json said{{"candidate", "two_cache/half"},
            {"baseline", "heap/half"},
            {"answer", answer},
            {"ratio", 1.1},
            {"resolution", 1.028},
            {"counted", {{"lock", 1.0}, {"instruction", -712.0}, {"free_elsewhere", -0.5}, {"copy", 0.001}}}};
  if (!predicted.is_null()) said["predicted"] = predicted;
  return said;
}
json predicted(double ratio, bool agrees) {
  return {{"ratio", ratio},
          {"interval", {{"low", ratio - 0.003}, {"high", ratio + 0.004}}},
          {"agrees", agrees},
          {"unexplained", nullptr}};
}

TEST(ExactAnswers, WhatIsOpenIsToldByItsCountsAndWhatItRestsOn) {
  const json open = comparison("undecided", predicted(1.011, true));
  const json decided = comparison("better", predicted(1.011, true));
  EXPECT_THAT(
      exact_sentences({{"half, near", &open}, {"half, far", &decided}}),
      ElementsAre(
          "half, near: two_cache beside heap: 1 lock more, 0.5 frees on another thread fewer, 712 "
          "instructions fewer [exact]; that would be +1.1 % [0.8, 1.5] here, and this run resolves 2.8 "
          "%."));
}

TEST(ExactAnswers, TheLargestPredictionComesFirstAndNoneLast) {
  const json none = comparison("undecided", nullptr);
  const json small = comparison("undecided", predicted(1.011, true));
  const json large = comparison("undecided", predicted(0.95, true));
  const auto sentences = exact_sentences({{"none", &none}, {"small", &small}, {"large", &large}});
  ASSERT_EQ(sentences.size(), 3U);
  EXPECT_THAT(sentences[0], testing::StartsWith("large"));
  EXPECT_THAT(sentences[2], testing::EndsWith("instructions fewer [exact]."));
}

TEST(ExactAnswers, WhereCountsDoNotExplainTheRatioNoCauseIsClaimed) {
  json off = comparison("better", predicted(1.02, false));
  off["predicted"]["unexplained"] = {{"term", "lock"}, {"factor", 10.4}};
  const json fits = comparison("better", predicted(1.1, true));
  EXPECT_EQ(
      explained_sentence({{"half", &fits}, {"all", &off}}),
      "Counts times costs explain 1 of these 2 ratios, and least of all all, two_cache: +10.0 % measured, "
      "+2.0 % "
      "[1.7, 2.4] foretold (locks at 10.4 times their cost would explain it); no cause is claimed there.");
  EXPECT_EQ(explained_sentence({{"half", &fits}}), "Counts times costs explain 1 of these 1 ratios.");
  const json open = comparison("undecided", predicted(1.1, true));
  EXPECT_THAT(explained_sentence({{"half", &open}}), IsEmpty());
}

TEST(ExactAnswers, WithoutCountsNothingIsSaid) {
  const json plain{{"candidate", "a/w"}, {"baseline", "b/w"}, {"answer", "undecided"}};
  EXPECT_THAT(exact_sentences({{"w", &plain}}), IsEmpty());
  EXPECT_THAT(explained_sentence({{"w", &plain}}), IsEmpty());
}

}  // namespace
}  // namespace baton::suite
