// What a summary takes for a question.
#include "harness/suite/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/suite/made_up_record.hpp"

namespace baton::suite {
namespace {

using testing::ElementsAre;

// heap, heap/again and two_cache, whose trials saw these round trips between the cores, one a round.
Evidence run(const std::string& workload, const std::vector<double>& round_trips) {
  Evidence evidence;
  std::uint32_t round = 0;
  for (const double round_trip_ns : round_trips) {
    ++round;
    for (const char* name : {"heap", "heap/again", "two_cache"}) {
      const std::string strategy = std::string(name) == "two_cache" ? "two_cache" : "heap";
      nlohmann::json record = made_up_record(strategy, workload, round);
      if (std::string(name) == "heap/again") record["cell_id"] = "heap/" + workload + "/again";
      const double noise = 0.001 * static_cast<double>((round * 7 + record["cell_id"].dump().size()) % 5);
      record["throughput"] = {{"requests_per_s", 1000 * std::exp(noise)}};
      record["cpu"] = {{"per_request_us", 2 * std::exp(noise)}};
      record["noise"] = {{"before", {{"round_trip_ns", round_trip_ns}}},
                         {"after", {{"round_trip_ns", round_trip_ns * 1.01}}}};
      evidence.add(record);
    }
  }
  return evidence;
}

std::set<std::string> values_of(const nlohmann::json& list, const char* member) {
  std::set<std::string> values;
  for (const nlohmann::json& one : list) values.insert(one.at(member));
  return values;
}

TEST(Summary, ACellIsComparedInTheMetricsItIsThereForAndInNoOther) {
  const Evidence evidence = run("made_up", {60, 61, 62, 60, 61, 62});
  const nlohmann::json all = summarize(evidence, {});
  EXPECT_THAT(values_of(all.at("comparisons"), "metric"), ElementsAre("cpu", "throughput"));
  Plan plan;
  for (const char* id : {"heap/made_up", "heap/made_up/again", "two_cache/made_up"}) {
    plan.cells.push_back({.id = id, .config = {}, .asks = {"cpu"}});
  }
  const nlohmann::json some = summarize(evidence, {.baselines = {}, .asks = asks_of(plan)});
  EXPECT_THAT(values_of(some.at("comparisons"), "metric"), ElementsAre("cpu"));
  EXPECT_THAT(values_of(some.at("resolution"), "metric"), ElementsAre("cpu"));
  EXPECT_TRUE(some.at("cells").front().at("metrics").contains("throughput")) << "it is shown all the same";
}

TEST(Summary, ARegimeThatWasMetByTheWayIsNoQuestion) {
  std::vector<double> round_trips(24, kNear);
  round_trips[3] = round_trips[9] = round_trips[17] = kFar;
  const nlohmann::json by_the_way = summarize(run("made_up", round_trips), {});
  ASSERT_EQ(by_the_way.at("regimes").size(), 2U);
  EXPECT_THAT(values_of(by_the_way.at("comparisons"), "regime"), ElementsAre("near"));
  for (std::size_t i = 0; i < 12; ++i) round_trips[i] = kFar;
  const nlohmann::json half = summarize(run("made_up", round_trips), {});
  EXPECT_THAT(values_of(half.at("comparisons"), "regime"), ElementsAre("far", "near"));
}

}  // namespace
}  // namespace baton::suite
