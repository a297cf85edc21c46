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

nlohmann::json counts_of(double instructions, double locks) {
  nlohmann::json counts{{"handed_off", 0.0},
                        {"instructions_of", {{"strategy", instructions}, {"other", 0.0}}},
                        {"freed_elsewhere", 0.0},
                        {"lines_waited_for", 0.0},
                        {"lines", {{"total", 0.0}}}};
  counts["ledger"]["locks"]["total"] = locks;
  for (const char* kind : {"atomic_rmw", "bytes_copied"}) counts["ledger"][kind]["total"] = 0.0;
  return counts;
}

// Both cells take the same time, and a millisecond a request.
TEST(Summary, CountsTimesCostsStandBesideWhatWasMeasuredAndSayWhereTheyDoNotExplainIt) {
  Evidence evidence;
  for (std::uint32_t round = 1; round <= 6; ++round) {
    for (const char* strategy : {"heap", "two_cache"}) {
      nlohmann::json record = made_up_record(strategy, "made_up", round);
      record["configuration"]["client_workers"] = record["configuration"]["fetch_workers"] = 1;
      record["throughput"] = {
          {"requests_per_s",
           1000 * std::exp(0.001 * static_cast<double>((round * 7 + record["cell_id"].dump().size()) % 5))}};
      evidence.add(record);
    }
  }
  const nlohmann::json lock{{"ns", 1000.0}, {"low", 990.0}, {"high", 1010.0}};
  const auto summary_with = [&](double locks) {
    SummaryOptions options;
    options.counts = {{"heap/made_up", counts_of(100, 0)}, {"two_cache/made_up", counts_of(100, locks)}};
    options.costs = nlohmann::json::array({{{"lock", lock}}});
    const nlohmann::json summary = summarize(evidence, options);
    return summary.at("comparisons").front();
  };
  const nlohmann::json equal = summary_with(0);
  EXPECT_EQ(equal.at("counted"), nlohmann::json::object());
  EXPECT_EQ(equal.at("predicted").at("ratio"), 1);
  EXPECT_EQ(equal.at("predicted").at("agrees"), true);
  const nlohmann::json heavy = summary_with(100);  // a tenth of the request
  EXPECT_EQ(heavy.at("counted"), nlohmann::json({{"lock", 100}}));
  EXPECT_NEAR(heavy.at("predicted").at("ratio").get<double>(), 1 / 1.1, 0.001);
  EXPECT_EQ(heavy.at("predicted").at("agrees"), false);
  EXPECT_FALSE(summarize(evidence, {}).at("comparisons").front().contains("predicted"));
}

// Quiet enough to tell one per cent; what is called depends on whether the code is the same.
TEST(Summary, WhatTheLinkerMayDoBetweenTwoStrategiesIsNotCalledADifference) {
  const auto answer = [](const std::string& strategy, const std::string& allocator, double ratio,
                         std::uint32_t copies = 1) {
    Evidence evidence;
    for (std::uint32_t round = 1; round <= 16; ++round) {
      for (const std::string cell : {"heap/made_up", "heap/made_up/again", "other"}) {
        const bool other = cell == "other";
        nlohmann::json record = made_up_record(other ? strategy : "heap", "made_up", round);
        record["cell_id"] = cell;
        record["configuration"]["allocator"] = other ? allocator : "glibc";
        const double noise = 0.0005 * static_cast<double>((round * 7 + cell.size()) % 5);
        const double rate = 1000 * std::exp(noise) * (other ? ratio : 1);
        record["throughput"] = {{"requests_per_s", rate}};
        record["slices"] = {{"group", std::to_string(round)},
                            {"seating_turns", 1},
                            {"series", {{"requests_per_s", {rate}}, {"copy", {round % copies}}}}};
        evidence.add(record);
      }
    }
    const nlohmann::json comparisons = summarize(evidence, {}).at("comparisons");
    return comparisons.front().at("answer").get<std::string>();
  };
  EXPECT_EQ(answer("two_cache", "glibc", 1.04), "better");
  EXPECT_EQ(answer("two_cache", "glibc", 0.96), "worse");
  EXPECT_EQ(answer("two_cache", "glibc", 1.02), "no difference");
  EXPECT_EQ(answer("heap", "jemalloc", 1.02), "better");
  // Code that was seen at 16 places is known four times as well.
  EXPECT_EQ(answer("two_cache", "glibc", 1.02, 16), "better");
  EXPECT_EQ(answer("two_cache", "glibc", 1.005, 16), "no difference");
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
