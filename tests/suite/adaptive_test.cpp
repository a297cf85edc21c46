#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/suite/adaptive.hpp"
#include "tests/suite/made_up_record.hpp"

namespace baton::suite {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Two strategies on a workload, whose ratio scatters by this standard deviation from round to round.
void add(Evidence& evidence, const std::string& workload, std::uint32_t first, std::uint32_t last,
         double sd) {
  for (std::uint32_t round = first; round <= last; ++round) {
    for (const char* strategy : {"heap", "two_cache"}) {
      nlohmann::json record = made_up_record(strategy, workload, round);
      const double off = std::string(strategy) == "heap" ? 0 : round % 2 == 0 ? sd : -sd;
      record["throughput"] = {{"requests_per_s", 1000 * std::exp(off)}};
      evidence.add(record);
    }
  }
}

Plan plan() {
  Plan plan;
  plan.rounds = 4;
  plan.policy.baselines = {{.axis = "/strategy", .value = "heap"}};
  plan.policy.precision = {.half_width = 0.02, .metrics = {"throughput"}, .most_rounds = 12};
  return plan;
}

TEST(NextRound, IsForThoseNearestToThePrecisionWantedWithoutHavingIt) {
  Evidence evidence;
  add(evidence, "quiet", 1, 4, 0.001);
  add(evidence, "nearly", 1, 4, 0.02);
  add(evidence, "loud", 1, 4, 0.08);
  const NextRound next = next_round(evidence, plan());
  EXPECT_EQ(next.what, stats::Next::another_round);
  EXPECT_THAT(next.cells, ElementsAre("heap/nearly", "two_cache/nearly"));

  add(evidence, "nearly", 5, 11, 0.02);
  EXPECT_THAT(next_round(evidence, plan()).cells, ElementsAre("heap/loud", "two_cache/loud"));
}

TEST(NextRound, DoesNotLookAtTheEstimate) {
  for (const double shift : {0.0, 3.0}) {
    Evidence evidence;
    add(evidence, "nearly", 1, 4, 0.02);
    for (std::uint32_t round = 1; round <= 4; ++round) {
      nlohmann::json record = made_up_record("locked_pool", "nearly", round);
      record["throughput"] = {{"requests_per_s", 1000 * std::exp(shift)}};
      evidence.add(record);
    }
    EXPECT_THAT(next_round(evidence, plan()).cells,
                ElementsAre("heap/nearly", "locked_pool/nearly", "two_cache/nearly"))
        << shift;
  }
}

TEST(NextRound, ThereIsNoneWhenAllAreKnownWellEnough) {
  Evidence evidence;
  add(evidence, "quiet", 1, 4, 0.001);
  const NextRound next = next_round(evidence, plan());
  EXPECT_EQ(next.what, stats::Next::precise_enough);
  EXPECT_THAT(next.cells, IsEmpty());
}

TEST(NextRound, WithoutAComparisonThereIsNoQuestion) {
  Evidence evidence;
  evidence.add(made_up_record("heap", "alone", 1));
  EXPECT_EQ(next_round(evidence, plan()).questions, 0U);
  add(evidence, "loud", 1, 4, 0.08);
  EXPECT_EQ(next_round(evidence, plan()).questions, 1U);
}

TEST(NextRound, CellsWithANumberOfRoundsOfTheirOwnHaveWhatTheyGet) {
  Evidence evidence;
  add(evidence, "loud", 1, 4, 0.08);
  Plan limited = plan();
  for (const char* id : {"heap/loud", "two_cache/loud"}) {
    limited.cells.push_back({.id = id, .config = {}, .again = false, .rounds = 4});
  }
  EXPECT_EQ(next_round(evidence, limited).what, stats::Next::precise_enough);
}

TEST(NextRound, TrialsThatComeToNothingEndToo) {
  Evidence evidence;
  for (std::uint32_t round = 1; round <= 12; ++round) {
    EXPECT_EQ(next_round(evidence, plan()).what,
              round == 1 ? stats::Next::precise_enough : stats::Next::another_round);
    for (const char* strategy : {"heap", "two_cache"}) {
      nlohmann::json record = made_up_record(strategy, "disturbed", round);
      record["throughput"] = {{"requests_per_s", 1000}};
      record["quarantine"]["reasons"] = {"disturbed"};
      evidence.add(record);
    }
  }
  EXPECT_EQ(next_round(evidence, plan()).what, stats::Next::rounds_spent);
}

TEST(ComparedWith, IsEverybodyInTheSameComparisonsAndNobodyElse) {
  Evidence evidence;
  add(evidence, "one", 1, 2, 0.01);
  add(evidence, "other", 1, 2, 0.01);
  EXPECT_THAT(compared_with(evidence, plan(), "two_cache/other"),
              ElementsAre("heap/other", "two_cache/other"));
  EXPECT_THAT(compared_with(evidence, plan(), "heap/one"), ElementsAre("heap/one", "two_cache/one"));
}

}  // namespace
}  // namespace baton::suite
