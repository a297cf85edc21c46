#include <gtest/gtest.h>

#include <set>
#include <string>

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
      request.cells.push_back(cell);
    }
  }
  return request;
}

TEST(SlicedPlan, TheStrategiesOfAVariantShareAProcessAndOthersDoNot) {
  const Plan plan = make_plan(two_variants(40));
  std::set<std::string> ids;
  std::size_t groups = 0;
  for (const trial::TrialSpec& spec : plan.trials) {
    if (spec.role == trial::Role::verifying) {
      EXPECT_TRUE(spec.members.empty());
      continue;
    }
    ++groups;
    ASSERT_EQ(spec.members.size(), 2U);
    EXPECT_EQ(spec.members[0].strategy, "heap");
    EXPECT_EQ(spec.members[1].strategy, "two_cache");
    const std::string workers = "/client_workers=" + std::to_string(spec.config.pipeline.client_workers);
    EXPECT_EQ(spec.members[0].cell_id, "heap/made_up" + workers);
    EXPECT_EQ(spec.members[1].cell_id, "two_cache/made_up" + workers);
    for (const trial::Member& member : spec.members) {
      EXPECT_TRUE(ids.insert(member.trial_id).second) << member.trial_id;
    }
  }
  EXPECT_EQ(groups, 4U);  // two variants, two rounds
}

TEST(SlicedPlan, WithoutSlicesEveryTrialIsAProcess) {
  for (const trial::TrialSpec& spec : make_plan(two_variants(0)).trials) {
    EXPECT_TRUE(spec.members.empty());
  }
}

TEST(SlicedPlan, SurvivesItsFile) {
  const Plan plan = make_plan(two_variants(40));
  const Plan read = plan_from_json(to_json(plan));
  EXPECT_EQ(to_json(read), to_json(plan));
  EXPECT_EQ(read.trials.back().members.size(), 2U);
}

}  // namespace
}  // namespace baton::suite
