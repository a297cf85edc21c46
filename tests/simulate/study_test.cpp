// What may be said of simulations, from made-up ones.
#include "simulate/study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace baton::simulate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kSettings = 10;

// Requests per second by cores (1, 4, 16, 64), the same in all settings but for the last `others`, where they
// are `instead`.
RowStudy row(const std::string& name, const std::vector<double>& per_s, std::size_t others = 0,
             const std::vector<double>& instead = {}) {
  RowStudy made{.name = name, .points = {}};
  std::uint32_t cores = 1;
  for (std::size_t i = 0; i < per_s.size(); ++i, cores *= 4) {
    Point point;
    point.cores = cores;
    for (std::size_t setting = 0; setting < kSettings; ++setting)
      point.per_s.push_back(setting + others >= kSettings ? instead[i] : per_s[i]);
    point.requests = 100;
    point.names = {"not named", "list lock", "counters"};
    point.tally.lines[1].stalled = 30;
    point.tally.locks[1].asleep = 40;
    point.tally.lines[2].stalled = 30;
    point.stalled = 100;
    made.points.push_back(point);
  }
  return made;
}
std::vector<std::string> sentences(const std::vector<RowStudy>& rows) {
  std::vector<std::string> told;
  for (const Claim& claim : claims_of({.label = "made up", .rows = rows})) told.push_back(claim.sentence);
  return told;
}

TEST(Knee, IsWhereARowDoesLessThanHalfOfTheBestForGood) {
  const CellStudy cell{.label = "c",
                       .rows = {row("best", {100, 400, 1600, 6400}), row("back", {40, 400, 900, 3300}),
                                row("falls", {100, 390, 799, 100})}};
  EXPECT_EQ(knees(cell, cell.rows[0])[0], kNowhere);
  EXPECT_EQ(knees(cell, cell.rows[1])[0], kNowhere) << "half is not less than half, and it came back";
  EXPECT_EQ(knees(cell, cell.rows[2])[0], 16U);
}

TEST(Claims, SayWhoFallsFromWhereAndForWhichLineWithTheSleepForItsLock) {
  EXPECT_THAT(
      sentences({row("best", {100, 400, 1600, 6400}), row("falls", {100, 390, 799, 100})}),
      ElementsAre(HasSubstr("falls does less than half of what the best does from 16 cores on; at 16 cores "
                            "its list lock is 70 %")));
}

TEST(Claims, AreNotMadeOfLessThanAFactorOfTwo) {
  EXPECT_THAT(sentences({row("one", {50, 300, 1600, 6400}), row("other", {100, 400, 1600, 3300})}),
              IsEmpty());
  EXPECT_THAT(sentences({row("one", {50, 300, 1600, 6400}), row("other", {100, 400, 1600, 3100})}),
              testing::Contains(
                  HasSubstr("one overtakes other between 16 and 16 cores, and does 2.1 times as much at 64 "
                            "(in 100 % of the settings)")));
}

TEST(Claims, AreNotMadeWhereTwoOfTenSettingsDisagree) {
  const RowStudy one = row("one", {50, 300, 1600, 6400});
  const std::vector<double> low = {100, 400, 1600, 1600}, high = {100, 400, 1600, 9000};
  EXPECT_THAT(sentences({one, row("other", low, 1, high)}),
              testing::Contains(HasSubstr("one overtakes other")));
  EXPECT_THAT(sentences({one, row("other", low, 2, high)}),
              testing::Not(testing::Contains(HasSubstr("overtake"))));
}

TEST(Claims, AreNotMadeOfWhoWasNeverBehindOrHasFallenHimself) {
  EXPECT_THAT(sentences({row("one", {100, 400, 1600, 6400}), row("other", {100, 400, 1600, 1600})}),
              testing::Not(testing::Contains(HasSubstr("overtake"))));
  const auto told = sentences({row("best", {100, 400, 1600, 6400}), row("one", {50, 300, 900, 900}),
                               row("other", {100, 400, 300, 300})});
  EXPECT_THAT(told, testing::Not(testing::Contains(HasSubstr("one overtakes other"))))
      << "both have collapsed, and their order is not known";
}

// Of two cells of one workload that differ in `stripes`, where "falls" does as much as is told.
std::vector<std::string> moved(const std::vector<double>& before, const std::vector<double>& after,
                               std::string_view other_workload = "w") {
  Plan plan;
  plan.rows.resize(2);
  std::vector<CellStudy> cells;
  const std::vector<double> best = {100, 400, 1600, 6400};
  for (const bool first : {true, false}) {
    Cell cell{.label = "", .scenario = {}, .swept = {{"handoff.ratio", "1"}, {"stripes", first ? "1" : "8"}}};
    cell.scenario.workload = first ? "w" : other_workload;
    plan.cells.push_back(std::move(cell));
    cells.push_back({.label = "", .rows = {row("best", best), row("falls", first ? before : after)}});
  }
  std::vector<std::string> told;
  for (const Claim& claim : moved_knees(plan, cells)) told.push_back(claim.sentence);
  return told;
}

TEST(MovedKnees, AreToldOfValuesThatMoveThemByAFactorOfTwo) {
  const std::vector<double> at_4 = {100, 100, 100, 100}, at_64 = {100, 400, 1600, 100},
                            nowhere = {100, 400, 1600, 6000};
  EXPECT_THAT(
      moved(at_4, at_64),
      ElementsAre("w, stripes 8 instead of 1: falls does less than half of what the best does from 64 "
                  "cores on, instead of from 4 cores on"));
  EXPECT_THAT(moved(at_4, nowhere), ElementsAre(HasSubstr("nowhere up to 64, instead of from 4 cores on")));
  EXPECT_THAT(moved(nowhere, at_64), ElementsAre(HasSubstr("from 64 cores on, instead of nowhere up to 64")));
  EXPECT_THAT(moved(at_64, at_64), IsEmpty());
  EXPECT_THAT(moved(nowhere, nowhere), IsEmpty());
  EXPECT_THAT(moved(at_4, at_64, "another workload"), IsEmpty());
}

TEST(Band, IsTheMedianBetweenTheLeastAndTheGreatest) {
  const Band band = band_of({4, 1, 3, 2});
  EXPECT_EQ(band.low, 1);
  EXPECT_EQ(band.median, 2.5);
  EXPECT_EQ(band.high, 4);
}

}  // namespace
}  // namespace baton::simulate
