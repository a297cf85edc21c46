// Memory is looked at after the load, when nothing is under way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/trial/conductor.hpp"

namespace baton::trial {
namespace {

TrialConfig short_trial(const std::string& strategy, double calm_s) {
  TrialConfig config;
  config.strategy = strategy;
  config.workload = "made_up";
  config.load.connections = 4;
  config.pipeline.fetch_workers = 2;
  config.pipeline.handoff.ratio = 0.5;
  config.ramp_s = 0.01;
  config.measure_s = 0.05;
  config.calm_s = calm_s;
  return config;
}

TEST(Calm, AllBuffersAreParkedOnceTheLoadHasEnded) {
  for (const char* strategy : {"heap", "two_cache", "locked_pool", "workspace_wait"}) {
    const Outcome outcome = run_memory_trial(short_trial(strategy, 0.02), Role::timed);
    EXPECT_THAT(outcome.faults, testing::IsEmpty());
    ASSERT_EQ(outcome.calm.size(), 1U) << strategy;
    const CalmSample& look = outcome.calm.front();
    EXPECT_EQ(look.t_s, 0);
    EXPECT_EQ(look.buffers.alive().buffers, look.buffers.parked().buffers) << strategy;
    EXPECT_TRUE(look.process.held().has_value());
  }
}

TEST(Calm, LooksAsOftenAsTheTimeAllows) {
  std::vector<double> looks;
  for (const CalmSample& look : run_memory_trial(short_trial("heap", 1.0), Role::timed).calm) {
    looks.push_back(look.t_s);
  }
  EXPECT_THAT(looks, testing::ElementsAre(0, 1));
}

TEST(Calm, WithoutItNothingIsLookedAt) {
  EXPECT_TRUE(run_memory_trial(short_trial("heap", 0), Role::timed).calm.empty());
}

}  // namespace
}  // namespace baton::trial
