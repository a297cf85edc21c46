#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "harness/suite/plan.hpp"

namespace baton::suite {
namespace {

RunRequest two_variants(std::uint32_t slice_ms) {
  RunRequest request;
  request.trials = 2;
  for (const std::uint32_t workers : {1U, 2U}) {
    for (const char* strategy : {"heap", "two_cache"}) {
      trial::TrialConfig cell;
      cell.strategy = strategy;
      cell.workload = "made_up";
      cell.slice_ms = slice_ms;
      cell.pipeline.client_workers = workers;
      request.cells.push_back({.config = cell, .trials = 0});
    }
  }
  return request;
}

std::set<std::string> cell_ids_of(const trial::TrialSpec& spec) {
  std::set<std::string> ids;
  for (const trial::Member& member : spec.members) ids.insert(member.cell_id);
  return ids;
}

TEST(SlicedPlan, TheStrategiesOfAVariantShareAProcessAndOthersDoNot) {
  const Plan plan = make_plan(two_variants(40));
  std::set<std::string> trial_ids;
  for (const std::uint32_t round : {1U, 2U}) {
    const std::vector<trial::TrialSpec> specs = round_of(plan, round);
    EXPECT_EQ(specs.size(), 2U);  // variants
    for (const trial::TrialSpec& spec : specs) {
      const std::string workers = "/client_workers=" + std::to_string(spec.config.pipeline.client_workers);
      EXPECT_THAT(cell_ids_of(spec),
                  testing::UnorderedElementsAre("heap/made_up" + workers, "heap/made_up" + workers + "/again",
                                                "two_cache/made_up" + workers));
      EXPECT_TRUE(trial_ids.insert(spec.trial_id).second) << spec.trial_id;
      for (const trial::Member& member : spec.members) {
        EXPECT_EQ(member.cell_id.substr(0, member.strategy.size() + 1), member.strategy + "/");
        EXPECT_TRUE(trial_ids.insert(member.trial_id).second) << member.trial_id;
      }
    }
  }
}

TEST(SlicedPlan, VerificationIsAProcessEach) {
  for (const trial::TrialSpec& spec : verification_of(make_plan(two_variants(40)))) {
    EXPECT_TRUE(spec.members.empty());
  }
}

TEST(SlicedPlan, WithoutSlicesEveryTrialIsAProcess) {
  for (const trial::TrialSpec& spec : round_of(make_plan(two_variants(0)), 1)) {
    EXPECT_TRUE(spec.members.empty());
  }
}

TEST(SlicedPlan, SurvivesItsFile) {
  const Plan plan = make_plan(two_variants(40));
  const Plan read = plan_from_json(to_json(plan));
  EXPECT_EQ(to_json(read), to_json(plan));
  EXPECT_EQ(to_json(round_of(read, 1).front()), to_json(round_of(plan, 1).front()));
}

}  // namespace
}  // namespace baton::suite
