// The pipeline over connections in memory: every answer right, for every strategy.
#include <gtest/gtest.h>

#include <memory>

#include "tests/pipeline/live_proxy.hpp"
#include "tests/pipeline/memory_run.hpp"

namespace baton::pipeline {
namespace {

class Memory : public ByCase {
 protected:
  static Settings several() {
    Settings several = settings();
    several.client_workers = several.fetch_workers = 2;
    return several;
  }
  static load::MemoryScript script() {
    return {.connections = 5, .body_bytes = {0, 1, 1024, 16384, 100'000}};
  }
  static constexpr std::uint64_t kRequests = 300;

  static MemoryOutcome expect_right(const Settings& settings, const load::MemoryScript& script) {
    const MemoryOutcome outcome = run_in_memory(strategy(), settings, script, kRequests);
    EXPECT_EQ(outcome.wrong, 0U);
    EXPECT_EQ(outcome.failed, 0U);
    EXPECT_EQ(outcome.completed + outcome.hung_up, outcome.totals.requests);
    EXPECT_EQ(outcome.totals.error_answers, 0U);
    EXPECT_EQ(outcome.totals.broken_answers, 0U);
    return outcome;
  }
};
INSTANTIATE_TEST_SUITE_P(Strategies, Memory, testing::ValuesIn(all_cases()), case_name);

TEST_P(Memory, EveryAnswerIsRight) {
  const MemoryOutcome outcome = expect_right(several(), script());
  EXPECT_EQ(outcome.totals.handoffs_offered > 0, handoff());
}

TEST_P(Memory, EveryAnswerIsRightWithHalfOfThemHandedOff) {
  Settings half = several();
  half.handoff.ratio = 0.5;
  const MemoryOutcome outcome = expect_right(half, script());
  EXPECT_GT(outcome.totals.handoffs_taken, 0U);
  EXPECT_LT(outcome.totals.handoffs_offered, outcome.totals.requests);
}

TEST_P(Memory, EveryChunkedAnswerIsRight) {
  load::MemoryScript chunked = script();
  chunked.chunked = true;
  expect_right(several(), chunked);
  chunked.piece_bytes = 700;
  chunked.read_ahead_bytes = 33;
  expect_right(several(), chunked);
}

TEST_P(Memory, EveryPipelinedAnswerIsRight) {
  load::MemoryScript pipelined = script();
  pipelined.pipelining = 4;
  expect_right(several(), pipelined);
}

TEST_P(Memory, EveryAnswerIsRightInSmallPiecesAndSmallBuffers) {
  Settings small = several();
  small.buffers.buffer_bytes = small.buffers.workspace_bytes = 512;
  load::MemoryScript pieces = script();
  pieces.piece_bytes = 333;
  pieces.pipelining = 3;
  expect_right(small, pieces);
}

TEST_P(Memory, EveryAnswerIsRightOverHops) {
  Settings hops = several();
  hops.fetch_workers = 3;
  hops.handoff.hops = 3;
  const MemoryOutcome outcome = expect_right(hops, script());
  EXPECT_EQ(outcome.totals.hops > 0, handoff());
}

TEST_P(Memory, EveryAnswerIsRightWhileWorkersSpin) {
  Settings spinning = several();
  spinning.waiting = net::Waiting::spin;
  expect_right(spinning, script());
}

TEST_P(Memory, EveryAnswerIsRightInOpenLoop) {
  load::MemoryScript open = script();
  open.open_loop = true;
  open.poisson = true;
  open.rate = 2000;
  expect_right(several(), open);
}

// A worker that dies, buffers and all, is followed by another in its place.
TEST_P(Memory, EveryAnswerIsRightWhileWorkersAreReplaced) {
  Settings churning = several();
  churning.worker_requests = 7;
  const MemoryOutcome outcome = expect_right(churning, script());
  EXPECT_GE(outcome.totals.replaced, kRequests / (7 * 4) / 2);
}

TEST_P(Memory, ThoseWhoMeetNoFaultNoticeNothing) {
  using load::FaultPlan;
  for (const FaultPlan& plan :
       {FaultPlan{.stall = 0.3, .at_bytes = 500, .stall_time = std::chrono::milliseconds(1)},
        FaultPlan{.truncate = 0.3, .at_bytes = 500}, FaultPlan{.reset = 0.3, .at_bytes = 500},
        FaultPlan{.lie = 0.3, .at_bytes = 500},
        FaultPlan{.stall = 0.1,
        .truncate = 0.1,
        .reset = 0.1,
        .lie = 0.1,
        .at_bytes = 700,
        .stall_time = std::chrono::milliseconds(1)}}) {
    load::MemoryScript faulty = script();
    faulty.body_bytes = {1024, 50'000};
    faulty.faults = plan;
    const MemoryOutcome outcome = run_in_memory(strategy(), several(), faulty, kRequests);
    EXPECT_EQ(outcome.wrong, 0U);
    EXPECT_EQ(outcome.failed, 0U);
    // Each of 300 with a chance of 0.3 or more: fewer than 30 has one of 10^-14.
    EXPECT_GE(outcome.hit, 30U);
    EXPECT_GT(outcome.recovered, 0U);
  }
}

TEST_P(Memory, RefusedConnectionsFailAndNothingElse) {
  load::MemoryScript refusing = script();
  refusing.faults.refuse = 0.25;
  const MemoryOutcome outcome = run_in_memory(strategy(), several(), refusing, kRequests);
  EXPECT_EQ(outcome.wrong, 0U);
  EXPECT_EQ(outcome.failed, outcome.totals.error_answers);
  EXPECT_NEAR(static_cast<double>(outcome.failed), static_cast<double>(outcome.totals.requests) / 4, 3);
}

TEST_P(Memory, ClientsThatLeaveAnywhereLeaveNothingBehind) {
  load::MemoryScript leaving = script();
  leaving.body_bytes = {16384, 100'000};
  leaving.read_ahead_bytes = 3000;
  leaving.hangup_fraction = 0.5;
  leaving.hangup_anywhere = true;
  Settings few = several();
  few.fetch_workers = handoff() ? 1 : 0;  // some receivers cannot be scheduled
  const MemoryOutcome outcome = run_in_memory(strategy(), few, leaving, kRequests);
  EXPECT_EQ(outcome.wrong + outcome.failed, 0U);
  EXPECT_GT(outcome.hung_up, kRequests / 4);
  EXPECT_GT(outcome.completed, kRequests / 8);
}

TEST_P(Memory, AScheduleIsServedRequestByRequest) {
  auto schedule = std::make_shared<load::Schedule>();
  for (std::uint64_t i = 0; i < 400; ++i) {
    schedule->push_back(
        {.due_ns = i * 250'000, .body_bytes = 100 * i, .head_bytes = 250, .head_only = i % 5 == 0});
  }
  load::MemoryScript scheduled = script();
  scheduled.open_loop = true;
  scheduled.schedule = schedule;
  const MemoryOutcome outcome = run_in_memory(strategy(), several(), scheduled, schedule->size());
  EXPECT_EQ(outcome.completed, schedule->size());
  EXPECT_EQ(outcome.totals.requests, schedule->size());  // counted at the other end
  EXPECT_EQ(outcome.wrong + outcome.failed + outcome.hung_up, 0U);
}

TEST_P(Memory, EveryAnswerIsRightInEveryMannerOfAsking) {
  load::MemoryScript cut = script();
  cut.cut_bytes = 1;
  expect_right(several(), cut);
  cut.pipelining = 3;
  expect_right(several(), cut);
  load::MemoryScript ending = script();
  ending.requests_per_connection = {1, 3};
  expect_right(several(), ending);
  load::MemoryScript thinking = script();
  thinking.think_us = {0, 100};
  expect_right(several(), thinking);
  load::MemoryScript slow = script();
  slow.slow_connections = 1;
  slow.slow_bytes = 4096;
  slow.slow_pause = std::chrono::milliseconds(1);
  expect_right(several(), slow);
  load::MemoryScript kinds = script();
  kinds.kinds = {{.body_bytes = 5000, .head_bytes = 400},
                 {.body_bytes = 70'000, .head_bytes = 200, .head_only = true},
                 {.body_bytes = 40'000, .head_bytes = 0}};
  expect_right(several(), kinds);
}

TEST_P(Memory, EveryAnswerIsRightWhenTheOriginPauses) {
  load::MemoryScript pausing = script();
  pausing.pause = std::chrono::milliseconds(1);
  pausing.pause_at = 1000;
  expect_right(several(), pausing);
}

TEST_P(Memory, ClientsThatHangUpAreServedAgainAndTheOthersNoticeNothing) {
  for (const OnHangup on_hangup : {OnHangup::interrupt, OnHangup::next_read}) {
    Settings chosen = several();
    chosen.on_hangup = on_hangup;
    load::MemoryScript hangups = script();
    hangups.body_bytes = {50'000};
    hangups.hangup_fraction = 0.3;
    hangups.hangup_after = 20'000;
    const MemoryOutcome outcome = expect_right(chosen, hangups);
    EXPECT_GT(outcome.hung_up, 0U);
  }
}

}  // namespace
}  // namespace baton::pipeline
