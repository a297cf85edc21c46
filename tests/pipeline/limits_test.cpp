// What happens where something has run out: buffers, room in the dispatch queue, descriptors, sessions, time.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <atomic>
#include <thread>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "tests/pipeline/live_proxy.hpp"

namespace baton::pipeline {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Limits : public ByCase {};
INSTANTIATE_TEST_SUITE_P(Strategies, Limits, testing::ValuesIn(all_cases()), case_name);

TEST_P(Limits, WithoutABufferForBothSidesEveryRequestIs503AndNobodyWaits) {
  Settings one_buffer = settings();
  one_buffer.fetch_workers = 0;
  one_buffer.buffers.max_buffers = 1;
  LiveProxy proxy(strategy(), one_buffer);
  for (int i = 0; i < 5; ++i) {
    const RawAnswer answer = proxy.client().ask("/bytes/10");
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.whole);
    EXPECT_THAT(answer.body, HasSubstr("no buffer is free"));
  }
  EXPECT_EQ(proxy.totals().exhausted, 5U);
}

TEST_P(Limits, ClientsThatHoldAllBuffersMakeOthersGet503UntilTheyLeave) {
  Settings few = settings();
  few.buffers.max_buffers = 6;
  few.linger = 1ms;
  LiveProxy proxy(strategy(), few);
  expect_serves(proxy);
  {
    // Half a head each: its bytes have to be kept.
    std::deque<RawClient> holders;
    for (int i = 0; i < 10; ++i) {
      holders.push_back(proxy.client());
      holders.back().send("GET /bytes/10 HTTP/1.1\r\n");
    }
    EXPECT_TRUE(eventually([&proxy] { return proxy.totals().exhausted > 0; }));
    RawClient late = proxy.client();
    late.get("/bytes/10");
    EXPECT_THAT(late.answer().status, testing::AnyOf(200, 503));
    int served = 0;
    for (RawClient& holder : holders) {
      ::send(holder.fd(), "Host: o\r\n\r\n", 11, MSG_NOSIGNAL);
      const int status = holder.answer().status;
      EXPECT_THAT(status, testing::AnyOf(200, 503));
      served += status == 200 ? 1 : 0;
    }
    EXPECT_LT(served, 10);
  }
  EXPECT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 0; }));
  for (int i = 0; i < 3; ++i) expect_serves(proxy);
}

TEST_P(Limits, BusyWorkersWithTooFewBuffersAnswer503OrServeAndNobodyDeadlocks) {
  Settings few = settings();
  few.client_workers = 4;
  few.fetch_workers = 2;
  few.buffers.max_buffers = 12;  // two for each worker: what the supplies hold when all is quiet
  LiveProxy proxy(strategy(), few);
  for (int round = 0; round < 5; ++round) {
    std::deque<RawClient> clients;
    for (int i = 0; i < 12; ++i) {
      clients.push_back(proxy.client());
      clients.back().get("/bytes/50000?seed=3&head_delay=5");
    }
    for (RawClient& client : clients) {
      const RawAnswer answer = client.answer();
      EXPECT_TRUE(answer.whole);
      if (answer.status != 503) expect_body(answer, {50000, 3});
    }
  }
  EXPECT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 0; }));
  expect_serves(proxy);
}

// What idle workers keep must not starve the one that is asked: with buffers for one request and a little
// more, an idle server serves.
TEST_P(Limits, WhateverWorkersKeepAnIdleServerServesUnderATightLimit) {
  // A workspace stays its worker's whatever others need: with as many workers as buffers none would be left.
  const bool workspaces_only = strategy().starts_with("workspace");
  for (const std::uint32_t limit : {8U, 9U, 12U, 16U}) {
    if (workspaces_only && limit == 8) continue;
    for (const std::uint32_t pools : {1U, 2U}) {
      Settings few = settings();
      few.client_workers = 4;
      few.fetch_workers = 4;
      few.pools = pools;
      few.linger = 1ms;
      few.buffers.max_buffers = limit;
      LiveProxy proxy(strategy(), few);
      {
        std::deque<RawClient> clients;
        for (int i = 0; i < 16; ++i) {
          clients.push_back(proxy.client());
          clients.back().get("/bytes/50000?seed=3&head_delay=1");
        }
        for (RawClient& client : clients) EXPECT_TRUE(client.answer().whole);
      }
      for (int i = 0; i < 8; ++i) {
        EXPECT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 0; }));
        const auto status = [&proxy] { return proxy.client().ask("/bytes/100").status; };
        // Of a supply, the fetch worker of the request before may still hold its surplus, and of a shared
        // buffer its giver: they keep house after the answer is through.
        const bool may_hold_surplus =
            handoff() && (strategy().starts_with("two_cache") || strategy() == "refcounted_slices");
        EXPECT_TRUE(may_hold_surplus ? eventually([&] { return status() == 200; })
                                     : testing::AssertionResult(status() == 200))
            << "request " << i << ", limit " << limit << ", pools " << pools;
      }
    }
  }
}

TEST_P(Limits, AHeadThatDribblesIs408AfterItsTimeAndHoldsNobodyUpMeanwhile) {
  Settings short_head = settings();
  short_head.client_workers = 1;
  short_head.linger = 5ms;
  short_head.head_timeout = 400ms;
  LiveProxy proxy(strategy(), short_head);
  RawClient slow = proxy.client();
  std::atomic<bool> over = false;
  std::thread dribble([&] {
    slow.send("GET / HTTP/1.1\r\nX: ");
    while (!over && ::send(slow.fd(), "x", 1, MSG_NOSIGNAL) == 1) std::this_thread::sleep_for(2ms);
  });
  for (int i = 0; i < 5; ++i) expect_serves(proxy);
  EXPECT_EQ(slow.answer().status, 408);
  over = true;
  dribble.join();
}

TEST_P(Limits, AFullDispatchQueueIs503AndWhoIsQueuedIsServed) {
  Settings one_place = settings();
  one_place.dispatch_queue = 1;
  LiveProxy proxy(strategy(), one_place);
  RawClient busy = proxy.client();
  busy.get("/bytes/10?head_delay=60000");
  ASSERT_TRUE(eventually([&proxy] { return proxy.totals().connects == 1; }));
  std::deque<RawClient> others;
  for (int i = 0; i < 3; ++i) {
    others.push_back(proxy.client());
    others.back().get("/bytes/10");
  }
  EXPECT_TRUE(eventually([&proxy] { return proxy.refused() == 2; }));
  busy.close();
  std::vector<int> statuses;
  for (RawClient& other : others) statuses.push_back(other.answer().status);
  EXPECT_THAT(statuses, testing::UnorderedElementsAre(200, 503, 503));
  expect_serves(proxy);
}

TEST_P(Limits, OneSessionMoreThanAllowedIs503UntilOneLeaves) {
  Settings one_session = settings();
  one_session.max_sessions = 1;
  LiveProxy proxy(strategy(), one_session);
  {
    RawClient first = proxy.client();
    expect_body(first.ask("/bytes/10"), {10, 0});
    RawClient second = proxy.client();
    const RawAnswer answer = second.answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_FALSE(answer.keep_alive);
    int error = -1;
    EXPECT_TRUE(second.closed_by_peer(error));
    expect_body(first.ask("/bytes/10"), {10, 0});
  }
  EXPECT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 0; }));
  expect_serves(proxy);
}

TEST_P(Limits, AQuietSessionIsClosedAfterTheIdleTimeoutAndABusyOneIsNot) {
  Settings short_idle = settings();
  short_idle.idle_timeout = 100ms;
  LiveProxy proxy(strategy(), short_idle);
  RawClient quiet = proxy.client();
  expect_body(quiet.ask("/bytes/10"), {10, 0});
  RawClient half = proxy.client();
  half.send("GET /bytes/1");
  RawClient busy = proxy.client();
  busy.get("/bytes/100?pause_at=50&pause=1200");
  int error = -1;
  EXPECT_TRUE(quiet.closed_by_peer(error));
  EXPECT_EQ(error, 0);
  EXPECT_TRUE(half.closed_by_peer(error));
  expect_body(busy.answer(), {100, 0});
}

// No descriptor can be opened while this lives, but for `spare` of them, or a few more: what another thread
// has open right now and closes later (the C library reads a file when a thread first allocates) is not
// known. With none to spare, none whatever is closed: those of a program's standard streams are taken, and no
// lower ones are.
class NoDescriptors {
 public:
  explicit NoDescriptors(rlim_t spare) {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const net::Fd lowest_free(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    rlimit now = before_;
    now.rlim_cur = spare == 0 ? STDERR_FILENO + 1 : static_cast<rlim_t>(lowest_free.get()) + spare;
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &now), 0);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }

 private:
  rlimit before_{};
};

TEST_P(Limits, AClientThatCannotBeAcceptedForLackOfDescriptorsIsServedLater) {
  LiveProxy proxy(strategy(), settings());
  expect_serves(proxy);
  EXPECT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 0; }));
  std::optional<RawClient> client;
  {
    const NoDescriptors none(1);
    client.emplace(proxy.address());  // takes the last one; the kernel completes the connection
    client->get("/bytes/100");
    EXPECT_TRUE(eventually([&proxy] { return proxy.accept_failures() > 0; }));
  }
  expect_body(client->answer(), {100, 0});
}

TEST_P(Limits, ClientsDoNotTakeTheDescriptorsThatTheirRequestsNeed) {
  const NoDescriptors few(40);  // those of the clients, of their sessions and of the pipeline are among them
  LiveProxy proxy(strategy(), settings());
  std::deque<RawClient> clients;
  for (int i = 0; i < 14; ++i) clients.push_back(proxy.client());
  EXPECT_TRUE(eventually([&proxy] { return proxy.accept_failures() > 0 || proxy.open_sessions() == 14; }));
  expect_body(clients.front().ask("/bytes/100"), {100, 0});
}

TEST_P(Limits, WithoutADescriptorForTheOriginTheAnswerIs503AndTheClientsConnectionGoesOn) {
  LiveProxy proxy(strategy(), settings());
  RawClient client = proxy.client();
  EXPECT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 1; }));
  {
    const NoDescriptors none(0);
    const RawAnswer answer = client.ask("/bytes/100");
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.keep_alive);
  }
  expect_body(client.ask("/bytes/100"), {100, 0});
}

}  // namespace
}  // namespace baton::pipeline
