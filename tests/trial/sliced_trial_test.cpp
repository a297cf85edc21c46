#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "harness/trial/conductor.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/memory_load.hpp"
#include "harness/trial/trial.hpp"

namespace baton::trial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TrialConfig sliced() {
  TrialConfig config;
  config.workload = "made_up";
  config.pipeline.handoff.ratio = 0.5;
  config.slice_ms = 10;
  config.measure_s = 0.1;
  config.ramp_s = 0.01;
  return config;
}

TEST(SlicedTrial, GivesEveryStrategyAsManySlicesAndAnswersEveryRequest) {
  const std::vector<Outcome> outcomes = run_sliced_trial(sliced(), {"heap", "two_cache", "workspace_wait"});
  ASSERT_EQ(outcomes.size(), 3U);
  for (const Outcome& outcome : outcomes) {
    EXPECT_THAT(outcome.faults, IsEmpty());
    EXPECT_EQ(outcome.slices.size(), 10U);
    EXPECT_GE(outcome.measured_s, 0.1);
    std::uint64_t requests = 0;
    for (const Slice& slice : outcome.slices) {
      requests += slice.requests;
    }
    EXPECT_EQ(requests, outcome.measured.requests);
    EXPECT_TRUE(outcome.at_end.conserved(0));
  }
}

TEST(SlicedTrial, PipelinesAreMadeAfreshForEverySeating) {
  TrialConfig config = sliced();
  config.seating_turns = 3;  // seatings of 3, 3, 3 and 1 turns
  const std::vector<Outcome> several = run_sliced_trial(config, {"heap", "two_cache"});
  for (const Outcome& outcome : several) {
    EXPECT_THAT(outcome.faults, IsEmpty());
    EXPECT_EQ(outcome.slices.size(), 10U);
    EXPECT_TRUE(outcome.at_end.conserved(0));
    EXPECT_GE(outcome.completed_ever, outcome.completed);
  }
  // Housekeeping gives each worker of the proposal two buffers at least, in every pipeline anew.
  const std::size_t of_one = 2UL * (config.pipeline.client_workers + config.pipeline.fetch_workers);
  EXPECT_GE(several[1].at_end.created.buffers, 4 * of_one);
}

TEST(SlicedTrial, AHangUpInASliceOpensItsConnectionAgainInTheNext) {
  TrialConfig config = sliced();
  config.body.bytes = {100'000};
  config.hangup = {.fraction = 0.5, .after_bytes = 1000};
  const std::vector<Outcome> outcomes = run_sliced_trial(config, {"heap", "locked_pool"});
  for (const Outcome& outcome : outcomes) {
    EXPECT_THAT(outcome.faults, IsEmpty());
    EXPECT_GT(outcome.hung_up, 0U);
  }
}

TEST(SlicedTrial, OneStrategyUnderTwoNamesIsTwoPipelines) {
  const std::vector<Outcome> outcomes = run_sliced_trial(sliced(), {"heap", "heap"});
  ASSERT_EQ(outcomes.size(), 2U);
  for (const Outcome& outcome : outcomes) {
    EXPECT_THAT(outcome.faults, IsEmpty());
  }
}

TEST(SlicedTrial, NothingIsBegunWhileTheGateIsClosedAndNoLatencySpansThePause) {
  const TrialConfig config = sliced();
  MemoryTransport transport(memory_script(config), config.pipeline.client_workers);
  load::RunGate& gate = transport.clock().gate;
  const auto pipeline = find_instance("heap")->memory(config.pipeline, transport, {});
  gate.close();
  pipeline->start();
  ASSERT_TRUE(gate.wait_held(config.load.connections, std::chrono::seconds(20)));
  EXPECT_EQ(pipeline->totals().requests, 0U);

  transport.clock().begin_measure(TickClock::shared().ticks());
  gate.open();
  while (pipeline->totals().requests < 100) {
    std::this_thread::yield();
  }
  gate.close();
  ASSERT_TRUE(gate.wait_held(config.load.connections, std::chrono::seconds(20)));
  const std::uint64_t before = pipeline->totals().requests;
  constexpr std::chrono::seconds kPause{2};
  std::this_thread::sleep_for(kPause);
  EXPECT_EQ(pipeline->totals().requests, before);

  gate.open();
  while (pipeline->totals().requests < before + 100) {
    std::this_thread::yield();
  }
  pipeline->stop();
  Outcome outcome;
  take_clients(transport, outcome);
  EXPECT_GE(outcome.service.count(), before);
  EXPECT_LT(std::chrono::nanoseconds(outcome.intended.max()), kPause);
}

TEST(SlicedTrial, GivesARecordPerStrategyAndTheRecordsOfAGroupPairByIndex) {
  TrialSpec spec;
  spec.config = sliced();
  spec.config.strategy = "heap";
  spec.trial_id = "group";
  spec.members = {{.strategy = "heap", .cell_id = "heap/x", .trial_id = "a"},
                  {.strategy = "two_cache", .cell_id = "two_cache/x", .trial_id = "b"}};
  const auto records = run_trial(spec_from_json(to_json(spec)));
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].at("trial_id"), "a");
  EXPECT_EQ(records[0].at("configuration").at("strategy"), "heap");
  EXPECT_EQ(records[1].at("trial_id"), "b");
  EXPECT_EQ(records[1].at("strategy"), "two_cache");
  EXPECT_EQ(records[1].at("cell_id"), "two_cache/x");
  for (const auto& record : records) {
    EXPECT_EQ(record.at("verdict").at("valid"), true) << record.at("verdict");
    const auto& slices = record.at("slices");
    EXPECT_EQ(slices.at("group"), "group");
    EXPECT_THAT(slices.at("with").get<std::vector<std::string>>(), ElementsAre("heap", "two_cache"));
    EXPECT_EQ(slices.at("seating_turns"), 5);
    EXPECT_EQ(slices.at("series").at("requests_per_s").size(), 10U);
    EXPECT_EQ(slices.at("series").at("cpu_per_request_us").size(), 10U);
    EXPECT_EQ(record.at("memory").at("process").at("measure_end"), "unavailable");
  }
}

TEST(SlicedTrial, AStrategyThatDoesNotExistGivesRecordsThatSaySo) {
  TrialSpec spec;
  spec.config = sliced();
  spec.members = {{.strategy = "heap", .cell_id = "heap/x", .trial_id = "a"},
                  {.strategy = "heep", .cell_id = "heep/x", .trial_id = "b"}};
  const auto records = run_trial(spec);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].at("verdict").at("valid"), false);
  EXPECT_TRUE(records[0].at("slices").is_null());
}

TEST(SlicedTrial, AVerifyingTrialIsNotSliced) {
  TrialSpec spec;
  spec.config = sliced();
  spec.config.strategy = "heap";
  spec.role = Role::verifying;
  const auto records = run_trial(spec);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_TRUE(records[0].at("slices").is_null());
  EXPECT_FALSE(records[0].at("ledger").is_null());
}

}  // namespace
}  // namespace baton::trial
