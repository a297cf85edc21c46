#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "harness/suite/metrics.hpp"
#include "harness/suite/questions.hpp"

namespace baton::suite {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr std::size_t kMetric = 0;

// A trial of so many slices a seating, whose slices have these values.
Observation trial(std::uint32_t round, std::uint64_t seating_turns, const std::vector<double>& slices) {
  Observation seen;
  seen.round = round;
  seen.values.assign(metrics().size(), 1.0);
  seen.slice_group = "group" + std::to_string(round);
  seen.seating_turns = seating_turns;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    seen.turns.push_back(
        {.block = i, .values = std::vector<std::optional<double>>(metrics().size(), slices[i])});
  }
  return seen;
}

PairedRatios paired(const CellEvidence& candidate, const CellEvidence& baseline) {
  return paired_log_ratios(candidate, baseline, kMetric, Regimes(Evidence{}), 0);
}

TEST(PairedRatios, ATrialOfSeveralSeatingsGivesAUnitForEachWithItsOwnSlices) {
  CellEvidence one, other;
  for (const std::uint32_t round : {1U, 2U}) {
    one.timed.push_back(trial(round, 2, {2, 2, 4, 4, 8}));
    other.timed.push_back(trial(round, 2, {1, 1, 1, 1, 1}));
  }
  const PairedRatios found = paired(one, other);
  EXPECT_EQ(found.rounds, 2U);
  ASSERT_THAT(found.units, SizeIs(6));
  EXPECT_THAT(found.units[0], ElementsAre(std::log(2), std::log(2)));
  EXPECT_THAT(found.units[1], ElementsAre(std::log(4), std::log(4)));
  EXPECT_THAT(found.units[2], ElementsAre(std::log(8)));  // the last seating of a trial may be shorter
  EXPECT_EQ(found.rounds_of(6), 2U);
  EXPECT_EQ(found.rounds_of(7), 3U);
}

TEST(PairedRatios, ATrialOfOneSeatingIsOneUnit) {
  CellEvidence one, other;
  one.timed.push_back(trial(1, 0, {2, 4, 8}));
  other.timed.push_back(trial(1, 0, {1, 1, 1}));
  EXPECT_THAT(paired(one, other).units, ElementsAre(SizeIs(3)));
}

TEST(PairedRatios, TrialsOfTheirOwnProcessesGiveOneRatioARound) {
  CellEvidence one, other;
  for (CellEvidence* cell : {&one, &other}) {
    cell->timed.push_back(trial(1, 0, {}));
    cell->timed.back().slice_group.clear();
  }
  one.timed.back().values[kMetric] = 3;
  const PairedRatios found = paired(one, other);
  EXPECT_EQ(found.rounds, 1U);
  EXPECT_THAT(found.units, ElementsAre(ElementsAre(std::log(3))));
}

TEST(PairedRatios, TheSideThatRanFewerCopiesOfItsCodeSaysHowManyPlacesWereSeen) {
  CellEvidence one, other;
  for (const std::uint32_t round : {1U, 2U}) {
    one.timed.push_back(trial(round, 1, {2, 2, 2, 2}));
    other.timed.push_back(trial(round, 1, {1, 1, 1, 1}));
    for (std::uint32_t i = 0; i < 4; ++i) {
      one.timed.back().turns[i].copy = i + round;  // 1 to 5
      other.timed.back().turns[i].copy = i % 3;
    }
  }
  EXPECT_EQ(paired(one, other).copies(), 3U);
  EXPECT_EQ(PairedRatios().copies(), 1U);
}

TEST(PairedRatios, SlicesOfOneGroupDoNotPairWithThoseOfAnother) {
  CellEvidence one, other;
  one.timed.push_back(trial(1, 2, {2, 2}));
  other.timed.push_back(trial(1, 2, {1, 1}));
  other.timed.back().slice_group = "elsewhere";
  EXPECT_THAT(paired(one, other).units, ElementsAre(ElementsAre(0.0)));  // their trials' own values are equal
}

}  // namespace
}  // namespace baton::suite
