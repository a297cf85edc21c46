#include "harness/suite/tradeoffs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace baton::suite {
namespace {

using nlohmann::json;
using testing::ElementsAre;

Standing at(double log, double half) { return {.log = log, .low = log - half, .high = log + half}; }

TEST(Tradeoffs, OnlyWhatIsSurelyBetterSomewhereAndNowhereWorseBeats) {
  const std::vector<Contestant> contestants = {
      {.strategy = "fast", .standings = {at(-0.2, 0.05), at(0.1, 0.01)}},  // pays in memory
      {.strategy = "lean", .standings = {at(0.0, 0.05), at(-0.3, 0.01)}},  // pays in time
      {.strategy = "slow", .standings = {at(0.2, 0.05), at(0.1, 0.01)}},   // as fat as the fast one
      {.strategy = "perhaps",
       .standings = {at(-0.18, 0.05), at(0.1, 0.01)}},  // nobody can tell it from the fast one
  };
  EXPECT_THAT(beaten_by(contestants), ElementsAre(0, 1, 0, 3));
}

json said(const std::string& metric, const std::string& candidate, double ratio) {
  return {{"metric", metric},
          {"axis", "/strategy"},
          {"regime", "near"},
          {"candidate", candidate + "/made_up"},
          {"baseline", "heap/made_up"},
          {"ratio", ratio},
          {"simultaneous", {{"low", ratio * 0.99}, {"high", ratio * 1.01}}}};
}
json cell(const std::string& strategy) {
  return {{"cell_id", strategy + "/made_up"}, {"strategy", strategy},    {"regime", "near"},
          {"conditions", "made up"},          {"oversubscribed", false}, {"again", false},
          {"metrics", json::object()}};
}

TEST(Tradeoffs, MoreRequestsAndFewerBytesAreBothBetterAndTheFloorTakesNoPart) {
  const json cells = {cell("heap"), cell("two_cache"), cell("ideal"), cell("locked_pool")};
  const json comparisons = {said("throughput", "two_cache", 1.1),   said("buffers_peak", "two_cache", 1.2),
                            said("throughput", "ideal", 1.5),       said("buffers_peak", "ideal", 0.5),
                            said("throughput", "locked_pool", 0.8), said("buffers_peak", "locked_pool", 1.2)};
  const json found = pareto_json(cells, comparisons);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("metrics"), json({"throughput", "buffers_peak"}));
  EXPECT_EQ(found[0].at("best"), json({"heap", "two_cache"}));
  EXPECT_EQ(found[0].at("beaten"), json({{"locked_pool", "heap"}}));
}

TEST(Tradeoffs, WhatATieCostsStandsBesideTheBaselinesTail) {
  json tied = cell("workspace_wait");
  const json tie{{"median", 40e6}, {"trials", 3}};
  const json tail{{"median", 50e6}, {"trials", 3}};
  const json tail_of_heap{{"median", 1e6}, {"trials", 3}};
  tied["metrics"] = {{"tie_p50", tie}, {"service_p99", tail}};
  json heap = cell("heap");
  heap["metrics"] = {{"service_p99", tail_of_heap}};
  const json found = safety_json({heap, tied}, json::array({said("buffers_peak", "workspace_wait", 0.9)}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("strategy"), "workspace_wait");
  EXPECT_EQ(found[0].at("tie_p50"), tie);
  EXPECT_EQ(found[0].at("p99"), tail);
  EXPECT_EQ(found[0].at("baseline_p99"), tail_of_heap);
}

}  // namespace
}  // namespace baton::suite
