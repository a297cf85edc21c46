#include "harness/suite/machine_fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/measure/topology.hpp"
#include "harness/suite/suite_file.hpp"
#include "harness/trial/workload.hpp"

namespace baton::suite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

trial::TrialConfig two_pinned_workers() {
  trial::TrialConfig config;
  config.pipeline.client_workers = config.pipeline.fetch_workers = 1;
  config.pipeline.waiting = net::Waiting::spin;
  config.pinning = trial::Pinning::compact;
  return config;
}

TEST(MachineFit, WhereThereIsRoomNothingChanges) {
  MachineFit fit({.cpus = 2});
  trial::TrialConfig config = two_pinned_workers();
  fit.adjust(config);
  EXPECT_EQ(config.pinning, trial::Pinning::compact);
  EXPECT_EQ(config.pipeline.waiting, net::Waiting::spin);
  EXPECT_THAT(fit.sentences(), IsEmpty());
}

TEST(MachineFit, OnOneCpuNobodyIsPinnedAndNobodySpins) {
  MachineFit fit({.cpus = 1});
  trial::TrialConfig config = two_pinned_workers();
  fit.adjust(config);
  fit.adjust(config);
  EXPECT_EQ(config.pinning, trial::Pinning::none);
  EXPECT_EQ(config.pipeline.waiting, net::Waiting::block);
  EXPECT_THAT(fit.sentences(), ElementsAre(HasSubstr("one CPU")));
}

TEST(MachineFit, AQuotaIsAsManyCpusAsItIsWorth) {
  MachineFit fit({.cpus = 8, .quota = 1.5});
  trial::TrialConfig config = two_pinned_workers();
  fit.adjust(config);
  EXPECT_EQ(config.pinning, trial::Pinning::none);
  EXPECT_EQ(config.pipeline.waiting, net::Waiting::block);
  EXPECT_THAT(fit.sentences(), ElementsAre(HasSubstr("a quota of 1.5 CPUs")));
}

TEST(MachineFit, WithoutATopologyNobodyIsPinned) {
  MachineFit fit({.cpus = 2, .topology = false});
  trial::TrialConfig config = two_pinned_workers();
  fit.adjust(config);
  EXPECT_EQ(config.pinning, trial::Pinning::none);
  EXPECT_EQ(config.pipeline.waiting, net::Waiting::spin);
  EXPECT_THAT(fit.sentences(), ElementsAre(HasSubstr("topology cannot be read")));
}

TEST(MachineFit, WhatAsksForNothingIsLeftAlone) {
  MachineFit fit({.cpus = 1, .topology = false});
  trial::TrialConfig config;
  fit.adjust(config);
  EXPECT_THAT(fit.sentences(), IsEmpty());
}

// What ./run does must go on any machine that this program runs on.
TEST(MachineFit, TheQuickSuiteRunsOnOneCpu) {
  const std::filesystem::path root = BATON_ROOT;
  const auto workloads = trial::read_workloads(root / "workloads");
  const RunRequest request = read_suite(root / "workloads/suites/quick.toml", workloads, {.cpus = 1});
  EXPECT_FALSE(request.cells.empty());
  for (const AskedCell& cell : request.cells) EXPECT_EQ(cell.config.pinning, trial::Pinning::none);
  EXPECT_THAT(request.fallbacks, testing::Not(IsEmpty()));
  EXPECT_EQ(plan_from_json(to_json(make_plan(request))).fallbacks, request.fallbacks);
}

}  // namespace
}  // namespace baton::suite
