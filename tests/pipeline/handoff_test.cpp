// Which answers are handed off, to whom, and what happens while sizes change and the pipeline drains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/pipeline/live_proxy.hpp"

namespace baton::pipeline {
namespace {

using namespace std::chrono_literals;

class Handoff : public ByCase {};
INSTANTIATE_TEST_SUITE_P(Strategies, Handoff, testing::ValuesIn(all_handoff_cases()), case_name);

TEST_P(Handoff, WithoutFetchWorkersTheClientWorkerFetchesItself) {
  Settings alone = settings();
  alone.fetch_workers = 0;
  LiveProxy proxy(strategy(), alone);
  RawClient client = proxy.client();
  for (int i = 0; i < 5; ++i) expect_body(client.ask("/bytes/50000"), {50000, 0});
  const Totals totals = proxy.totals();
  EXPECT_EQ(totals.handoffs_offered, 5U);
  EXPECT_EQ(totals.handoffs_refused, 5U);
  EXPECT_EQ(totals.handoffs_taken, 0U);
}

TEST_P(Handoff, IsRefusedWhileTheOnlyFetchWorkerIsBusyAndBothAnswersAreRight) {
  Settings two_clients = settings();
  two_clients.client_workers = 2;
  LiveProxy proxy(strategy(), two_clients);
  RawClient slow = proxy.client();
  slow.get("/bytes/50000?seed=1&pause_at=20000&pause=500");
  ASSERT_TRUE(eventually([&proxy] { return proxy.totals().handoffs_taken == 1; }));
  expect_body(proxy.client().ask("/bytes/50000?seed=2"), {50000, 2});
  expect_body(slow.answer(), {50000, 1});
  EXPECT_EQ(proxy.totals().handoffs_refused, 1U);
}

TEST_P(Handoff, HappensForTheShareOfAnswersAskedForSpreadEvenly) {
  Settings some = settings();
  some.handoff.ratio = 0.25;
  LiveProxy proxy(strategy(), some);
  RawClient client = proxy.client();
  for (std::uint64_t i = 1; i <= 12; ++i) {
    expect_body(client.ask("/bytes/3000"), {3000, 0});
    EXPECT_EQ(proxy.totals().handoffs_offered, i / 4);
  }
}

TEST_P(Handoff, LeavesSmallBodiesAloneAndTakesThoseOfUnknownLength) {
  Settings large_only = settings();
  large_only.handoff.min_bytes = 10'000;
  LiveProxy proxy(strategy(), large_only);
  RawClient client = proxy.client();
  expect_body(client.ask("/bytes/9999"), {9999, 0});
  EXPECT_EQ(proxy.totals().handoffs_offered, 0U);
  expect_body(client.ask("/bytes/10000"), {10000, 0});
  EXPECT_EQ(proxy.totals().handoffs_offered, 1U);
  expect_body(client.ask("/bytes/10?chunked=1"), {10, 0});
  EXPECT_EQ(proxy.totals().handoffs_offered, 2U);
}

TEST_P(Handoff, PassesThroughAsManyFetchWorkersAsThereAreHops) {
  Settings hops = settings();
  hops.fetch_workers = 3;
  hops.handoff.hops = 3;
  LiveProxy proxy(strategy(), hops);
  RawClient client = proxy.client();
  for (std::uint64_t i = 1; i <= 5; ++i) {
    expect_body(client.ask("/bytes/50000"), {50000, 0});
    EXPECT_EQ(proxy.totals().handoffs_taken, i);
    EXPECT_EQ(proxy.totals().hops, 2 * i);
  }
}

TEST_P(Handoff, AFetchWorkerThatFindsNobodyToHandOnToFetchesItself) {
  Settings hops = settings();
  hops.handoff.hops = 3;
  LiveProxy proxy(strategy(), hops);
  expect_body(proxy.client().ask("/bytes/50000"), {50000, 0});
  EXPECT_EQ(proxy.totals().handoffs_taken, 1U);
  EXPECT_EQ(proxy.totals().hops, 0U);
}

TEST_P(Handoff, ThreadPoolsOfUnequalSizeOfferOnlyToTheFetchWorkersTheyHave) {
  Settings pools = settings();
  pools.pools = 2;
  pools.client_workers = 3;
  pools.fetch_workers = 1;
  LiveProxy proxy(strategy(), pools);
  for (int i = 0; i < 6; ++i) expect_serves(proxy);  // sessions are dealt out to the pools in turn
  EXPECT_EQ(proxy.totals().handoffs_taken, 3U);
  EXPECT_EQ(proxy.totals().handoffs_refused, 3U);
}

TEST_P(Handoff, ReadAheadThatTheReceiverCannotHoldIs503AndBuffersThatTravelAreNotCut) {
  LiveProxy proxy(strategy(), settings());
  expect_serves(proxy);
  RawClient client = proxy.client();
  client.get("/bytes/9000?seed=2&head_delay=300");
  ASSERT_TRUE(eventually([&proxy] { return proxy.origin().counts().requests == 2; }));
  proxy.set_buffer_bytes(2048);  // the answer comes into a buffer of the size before
  const RawAnswer answer = client.answer();
  if (strategy() == "workspace_copy") {
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(proxy.totals().exhausted, 1U);
  } else {
    expect_body(answer, {9000, 2});
  }
  expect_serves(proxy);
}

class Changes : public ByCase {};
INSTANTIATE_TEST_SUITE_P(Strategies, Changes, testing::ValuesIn(all_cases()), case_name);

TEST_P(Changes, TheSizeGoesDownUpAndBackUnderLoadAndEveryByteIsRight) {
  Settings busy = settings();
  busy.client_workers = busy.fetch_workers = 2;
  busy.buffers.workspace_bytes = 1;  // so that workspaces are of the buffers' size
  LiveProxy proxy(strategy(), busy);
  std::atomic<bool> enough{false};
  std::atomic<int> served{0};
  std::vector<std::thread> clients;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    clients.emplace_back([&, seed] {
      while (!enough) {
        RawClient client = proxy.client();
        // The read-ahead of the first fits into the smallest receiver.
        expect_body(client.ask("/bytes/600?seed=" + std::to_string(seed)), {600, seed});
        const RawAnswer answer = client.ask("/bytes/40000?seed=" + std::to_string(seed));
        const bool cannot_be_held = strategy() == "workspace_copy" && handoff() && answer.status == 503;
        if (!cannot_be_held) expect_body(answer, {40000, seed});
        served.fetch_add(1);
      }
    });
  }
  for (const std::uint32_t bytes : {1024U, 65536U, 16384U, 1024U, 16384U}) {
    proxy.set_buffer_bytes(bytes);
    const int before = served;
    EXPECT_TRUE(eventually([&] { return served >= before + 6; }));
  }
  enough = true;
  for (std::thread& client : clients) client.join();
}

TEST_P(Changes, DrainingCompletesWhatIsUnderWayAndSaysClose) {
  LiveProxy proxy(strategy(), settings());
  RawClient idle = proxy.client();
  expect_body(idle.ask("/bytes/10"), {10, 0});
  RawClient waiting = proxy.client();
  waiting.get("/bytes/50000?head_delay=300");
  ASSERT_TRUE(eventually([&proxy] { return proxy.origin().counts().requests == 2; }));
  std::thread stopping([&proxy] { proxy.stop(); });
  int error = -1;
  EXPECT_TRUE(idle.closed_by_peer(error));
  EXPECT_EQ(error, 0);
  const RawAnswer answer = waiting.answer();
  expect_body(answer, {50000, 0});
  EXPECT_FALSE(answer.keep_alive);
  EXPECT_TRUE(waiting.closed_by_peer(error));
  stopping.join();
}

TEST_P(Changes, WhatIsStillUnderWayAfterTheDrainTimeoutIsCutOff) {
  Settings short_drain = settings();
  short_drain.drain_timeout = 50ms;
  LiveProxy proxy(strategy(), short_drain);
  RawClient stalled = proxy.client();
  stalled.get("/bytes/50000?stall_at=20000");
  while (stalled.unread().size() < 20000) ASSERT_GT(stalled.read_once(), 0U);
  RawClient sending = proxy.client();
  sending.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 10\r\n\r\nabc");
  // One that is still in the listener's backlog would hear nothing while the listener is open.
  ASSERT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 2; }));
  proxy.stop();  // waits for the origin's 60 s of time-out if it does not cut off
  const RawAnswer answer = stalled.answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.whole);
  EXPECT_EQ(sending.answer().status, 0);
}

TEST_P(Changes, APipelineThatNobodyUsedStops) {
  LiveProxy proxy(strategy(), settings());
  proxy.stop();
  EXPECT_EQ(proxy.totals().requests, 0U);
}

TEST_P(Changes, AClosingAnswerIsNotDestroyedByWhatTheClientSentBehindItsRequest) {
  LiveProxy proxy(strategy(), settings());
  RawClient client = proxy.client();
  constexpr std::size_t kBytes = 4'000'000;
  client.send("GET /bytes/" + std::to_string(kBytes) +
              "?seed=1 HTTP/1.1\r\nHost: o\r\nConnection: close\r\n\r\n" + "GET /more HTTP/1.1\r\n" +
              std::string(40'000, 'x'));
  // Slowly, so that the proxy is done while much is still on its way: a reset would throw that away.
  while (client.unread().size() < kBytes && client.read_once() != 0) {
    std::this_thread::sleep_for(50us);
  }
  expect_body(client.answer(), {kBytes, 1});
}

}  // namespace
}  // namespace baton::pipeline
