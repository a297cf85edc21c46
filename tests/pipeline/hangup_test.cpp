// Clients that vanish at every stage, and the tie.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/pipeline/live_proxy.hpp"

namespace baton::pipeline {
namespace {

using namespace std::chrono_literals;

class Vanishing : public ByCase {
 protected:
  // How clients leave: with an end or with a reset.
  static void leave(RawClient& client, bool reset) {
    if (reset) net::set_reset_on_close(client.fd());
    client.close();
  }
  template <class Stage>
  static void for_each_way(Stage&& stage) {
    for (const OnHangup on_hangup : {OnHangup::interrupt, OnHangup::next_read}) {
      for (const bool reset : {false, true}) {
        Settings chosen = settings();
        chosen.on_hangup = on_hangup;
        LiveProxy proxy(strategy(), chosen);
        stage(proxy, reset);
        EXPECT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 0; }));
        expect_serves(proxy);
      }
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Strategies, Vanishing, testing::ValuesIn(all_cases()), case_name);

TEST_P(Vanishing, BeforeSendingAnything) {
  for_each_way([](LiveProxy& proxy, bool reset) {
    RawClient client = proxy.client();
    EXPECT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 1; }));
    leave(client, reset);
  });
}

TEST_P(Vanishing, InTheMiddleOfTheHead) {
  for_each_way([](LiveProxy& proxy, bool reset) {
    RawClient client = proxy.client();
    client.send("GET /bytes/1");
    std::this_thread::sleep_for(reset ? 1ms : 10ms);  // still with a worker, or with the waiter already
    leave(client, reset);
  });
}

TEST_P(Vanishing, AfterTheHead) {
  for_each_way([](LiveProxy& proxy, bool reset) {
    RawClient client = proxy.client();
    client.get("/bytes/100000");
    leave(client, reset);
  });
}

TEST_P(Vanishing, WhileTheOriginHasNotAnswered) {
  for_each_way([](LiveProxy& proxy, bool reset) {
    RawClient client = proxy.client();
    client.get("/bytes/100000?head_delay=60000");
    EXPECT_TRUE(eventually([&proxy] { return proxy.totals().connects == 1; }));
    leave(client, reset);
    EXPECT_TRUE(eventually([&proxy] { return proxy.totals().client_hangups == 1; }));
  });
}

TEST_P(Vanishing, InTheMiddleOfItsRequestsBody) {
  for_each_way([](LiveProxy& proxy, bool reset) {
    RawClient client = proxy.client();
    client.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 1000\r\n\r\nonly this");
    EXPECT_TRUE(eventually([&proxy] { return proxy.totals().connects == 1; }));
    leave(client, reset);
    EXPECT_TRUE(eventually([&proxy] { return proxy.totals().client_hangups == 1; }));
  });
}

TEST_P(Vanishing, InTheMiddleOfTheBodyWhileTheOriginPauses) {
  for_each_way([](LiveProxy& proxy, bool reset) {
    RawClient client = proxy.client();
    client.get("/bytes/100000?pause_at=20000&pause=150");
    while (client.unread().size() < 20000) ASSERT_GT(client.read_once(), 0U);
    leave(client, reset);
    EXPECT_TRUE(eventually([&proxy] { return proxy.totals().client_hangups == 1; }));
  });
}

TEST_P(Vanishing, InTheMiddleOfABodyThatComesAsFastAsItCan) {
  for_each_way([](LiveProxy& proxy, bool reset) {
    RawClient client = proxy.client();
    client.get("/bytes/1000000000");
    ASSERT_GT(client.read_once(), 0U);
    leave(client, reset);
    EXPECT_TRUE(eventually([&proxy] { return proxy.totals().client_hangups == 1; }));
  });
}

TEST_P(Vanishing, BetweenPipelinedRequests) {
  for_each_way([](LiveProxy& proxy, bool reset) {
    RawClient client = proxy.client();
    std::string requests;
    for (int i = 0; i < 50; ++i) requests += "GET /bytes/100000 HTTP/1.1\r\nHost: o\r\n\r\n";
    client.send(requests);
    expect_body(client.answer(), {100000, 0});
    leave(client, reset);
  });
}

TEST_P(Vanishing, ManyAtOnceAtEveryMoment) {
  Settings busy = settings();
  busy.client_workers = busy.fetch_workers = 3;
  LiveProxy proxy(strategy(), busy);
  for (int round = 0; round < 40; ++round) {
    std::vector<RawClient> clients;
    for (int i = 0; i < 5; ++i) {
      clients.push_back(proxy.client());
      clients.back().get("/bytes/200000?piece=30000&pause=1");
    }
    std::this_thread::sleep_for(round * 100us);
    for (std::size_t i = 0; i < clients.size(); ++i) leave(clients[i], i % 2 == 0);
  }
  expect_serves(proxy);
}

// The tie: the client hangs up while the origin pauses in the middle of a body that was handed off.
class Tie : public ByCase {
 protected:
  static Totals after_hangup(OnHangup on_hangup, std::chrono::milliseconds pause) {
    Settings chosen = settings();
    chosen.on_hangup = on_hangup;
    LiveProxy proxy(strategy(), chosen);
    {
      RawClient client = proxy.client();
      client.get("/bytes/100000?pause_at=20000&pause=" + std::to_string(pause.count()));
      while (client.unread().size() < 20000 && client.read_once() > 0) {
      }
    }
    EXPECT_TRUE(eventually([&proxy] { return proxy.totals().client_hangups == 1; }));
    proxy.stop();
    return proxy.totals();
  }
};
INSTANTIATE_TEST_SUITE_P(Strategies, Tie, testing::ValuesIn(all_handoff_cases()), case_name);

TEST_P(Tie, LastsAsLongAsTheFetchThatNobodyCanInterruptAndOnlyWhereTheReceiverReadsTheGiversMemory) {
  constexpr auto kPause = 800ms;
  const Totals totals = after_hangup(OnHangup::next_read, kPause);
  EXPECT_EQ(totals.handoffs_taken, 1U);
  if (promises_of(strategy()).receiver_depends_on_giver) {
    EXPECT_EQ(totals.ties, 1U);
    EXPECT_GE(totals.tie_ns, static_cast<std::uint64_t>(std::chrono::nanoseconds(kPause).count()) / 2);
  } else {
    EXPECT_EQ(totals.ties, 0U);
    EXPECT_EQ(totals.tie_ns, 0U);
  }
}

TEST_P(Tie, EndsAtOnceWhereTheFetchCanBeInterrupted) {
  const Totals totals = after_hangup(OnHangup::interrupt, 60s);
  EXPECT_EQ(totals.handoffs_taken, 1U);
  EXPECT_LE(totals.ties, promises_of(strategy()).receiver_depends_on_giver ? 1U : 0U);
  EXPECT_LT(totals.tie_ns, static_cast<std::uint64_t>(std::chrono::nanoseconds(10s).count()));
}

}  // namespace
}  // namespace baton::pipeline
