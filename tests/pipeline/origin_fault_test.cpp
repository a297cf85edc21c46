// What clients get when requests are malformed, or the origin refuses, resets, stalls or lies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/pipeline/live_proxy.hpp"
#include "tests/pipeline/scripted_origin.hpp"

namespace baton::pipeline {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Faults : public ByCase {
 protected:
  // The answer to these bytes, after which the proxy closes.
  static void expect_refused(const LiveProxy& proxy, std::string_view request, int status) {
    RawClient client = proxy.client();
    client.send(request);
    const RawAnswer answer = client.answer();
    EXPECT_EQ(answer.status, status) << request.substr(0, 200);
    EXPECT_TRUE(answer.whole);
    EXPECT_FALSE(answer.keep_alive);
    EXPECT_THAT(answer.body, HasSubstr(std::to_string(status) + " "));
    int error = -1;
    EXPECT_TRUE(client.closed_by_peer(error));
    EXPECT_EQ(error, 0);
  }
  static Settings impatient() {
    Settings impatient = settings();
    impatient.backend_timeout = std::chrono::milliseconds(60);
    return impatient;
  }
};
INSTANTIATE_TEST_SUITE_P(Strategies, Faults, testing::ValuesIn(all_cases()), case_name);

TEST_P(Faults, MalformedRequestsAre400AndTheConnectionEnds) {
  LiveProxy proxy(strategy(), settings());
  for (const char* request : {
           "nonsense\r\n\r\n",
           "GET /bytes/1 HTTP/1.1\r\n\r\n",
           "GET /bytes/1 HTTP/1.1\r\nHost: o\r\nBad Header\r\n\r\n",
           "GET /bytes/1 HTTP/2.0\r\nHost: o\r\n\r\n",
           "POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
           "POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
           "POST /echo HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
       }) {
    expect_refused(proxy, request, 400);
  }
  expect_serves(proxy);
  EXPECT_EQ(proxy.totals().error_answers, 7U);
}

TEST_P(Faults, ARefusalBehindAHeadRequestHasItsBody) {
  LiveProxy proxy(strategy(), settings());
  RawClient client = proxy.client();
  client.send("HEAD /bytes/3000 HTTP/1.1\r\nHost: o\r\n\r\nnonsense\r\n\r\n");
  EXPECT_EQ(client.answer(HTTP_HEAD).status, 200);
  const RawAnswer refusal = client.answer();
  EXPECT_EQ(refusal.status, 400);
  EXPECT_TRUE(refusal.whole) << "its length was announced";
}

TEST_P(Faults, GoodRequestsBeforeAMalformedOneAreAnswered) {
  LiveProxy proxy(strategy(), settings());
  RawClient client = proxy.client();
  client.send("GET /bytes/3000 HTTP/1.1\r\nHost: o\r\n\r\nnonsense\r\n\r\n");
  expect_body(client.answer(), {3000, 0});
  EXPECT_EQ(client.answer().status, 400);
}

TEST_P(Faults, ARequestHeadLargerThanTheBufferIs431) {
  Settings small = settings();
  small.buffers.buffer_bytes = small.buffers.workspace_bytes = 2048;
  LiveProxy proxy(strategy(), small);
  expect_refused(proxy, "GET / HTTP/1.1\r\nHost: o\r\nX: " + std::string(4000, 'x') + "\r\n\r\n", 431);
  std::string many = "GET / HTTP/1.1\r\nHost: o\r\n";
  for (int i = 0; i < 150; ++i) many += "a:b\r\n";
  expect_refused(proxy, many + "\r\n", 431);
  expect_serves(proxy);
}

TEST_P(Faults, MalformedAnswersAre502) {
  const std::vector<std::string> answers = {
      "nonsense\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
      "HTTP/1.1 200 OK\r\nContent-Len",
  };
  ScriptedOrigin origin([&](ScriptedOrigin::Peer& peer, int connection) {
    peer.read_head();
    peer.send(answers.at(static_cast<std::size_t>(connection)));
  });
  // While a fetch worker is at it, the head goes out by itself after that time; then it is too late for a
  // 502.
  Settings patient = settings();
  patient.hangup_check = 20s;
  LiveProxy proxy(strategy(), patient, origin.address());
  for (const std::string& answer : answers) {
    const RawAnswer got = proxy.client().ask("/");
    EXPECT_EQ(got.status, 502) << answer;
    EXPECT_TRUE(got.whole);
  }
  proxy.stop();
  EXPECT_EQ(proxy.totals().error_answers, answers.size());
  EXPECT_EQ(origin.connections(), static_cast<int>(answers.size())) << "none of them is used again";
}

TEST_P(Faults, AnAnswersHeadLargerThanTheBufferIs502AndTheClientsConnectionGoesOn) {
  Settings small = settings();
  small.buffers.buffer_bytes = small.buffers.workspace_bytes = 2048;
  LiveProxy proxy(strategy(), small);
  RawClient client = proxy.client();
  EXPECT_EQ(client.ask("/bytes/10?head_pad=5000").status, 502);
  expect_body(client.ask("/bytes/10"), {10, 0});
}

TEST_P(Faults, AnOriginThatRefusesIs502) {
  net::Fd unused = net::listen_tcp(net::Address::loopback(0), 1);
  const net::Address nobody = net::local_address(unused.get());
  unused.reset();
  LiveProxy proxy(strategy(), settings(), nobody);
  RawClient client = proxy.client();
  for (int i = 0; i < 3; ++i) {
    const RawAnswer answer = client.ask("/");
    EXPECT_EQ(answer.status, 502);
    EXPECT_TRUE(answer.keep_alive);
  }
}

TEST_P(Faults, AnOriginThatClosesOrResetsWithoutAnAnswerIs502) {
  ScriptedOrigin origin([](ScriptedOrigin::Peer& peer, int connection) {
    peer.read_head();
    if (connection % 2 == 0) peer.reset();
  });
  LiveProxy proxy(strategy(), settings(), origin.address());
  RawClient client = proxy.client();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(client.ask("/").status, 502);
  proxy.stop();
  EXPECT_EQ(proxy.totals().retries, 0U) << "a new connection is no reason to try again";
}

TEST_P(Faults, AKeptBackendConnectionThatTheOriginClosedIsReplacedAndTheClientNoticesNothing) {
  ScriptedOrigin origin([](ScriptedOrigin::Peer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");  // and closes
  });
  LiveProxy proxy(strategy(), settings(), origin.address());
  RawClient client = proxy.client();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask("/").body, "ok");
  EXPECT_TRUE(eventually([&origin] { return origin.closed() == 3; }));
  client.send("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(client.answer().body, "ok");
  proxy.stop();
  EXPECT_EQ(origin.connections(), 4);
}

TEST_P(Faults, ARequestThatAKeptConnectionTookAndDidNotAnswerIsRepeatedOnANewOne) {
  ScriptedOrigin origin([](ScriptedOrigin::Peer& peer, int connection) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    if (connection == 0) {
      peer.read_head();  // and closes
    } else {
      peer.wait_for_close();
    }
  });
  LiveProxy proxy(strategy(), settings(), origin.address());
  RawClient client = proxy.client();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(client.ask("/").body, "ok");
  proxy.stop();
  EXPECT_EQ(origin.connections(), 2);
  EXPECT_EQ(proxy.totals().retries, 1U);
}

TEST_P(Faults, BytesThatComeLateOnAKeptConnectionAreNobodysAnswer) {
  std::atomic<int> late = 0;
  ScriptedOrigin origin([&late](ScriptedOrigin::Peer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    std::this_thread::sleep_for(20ms);  // the answer is through and the connection kept
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    ++late;
    peer.wait_for_close();
  });
  LiveProxy proxy(strategy(), settings(), origin.address());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(proxy.client().ask("/").body, "ok");
    EXPECT_TRUE(eventually([&] { return late == i + 1; }));
  }
  EXPECT_EQ(origin.connections(), 3);
}

TEST_P(Faults, AnAnswerThatComesBeforeTheWholeRequestIsDeliveredAtOnce) {
  ScriptedOrigin origin([](ScriptedOrigin::Peer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 103 Early Hints\r\n\r\n");
    peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
    peer.wait_for_close();
  });
  LiveProxy proxy(strategy(), settings(), origin.address());
  {
    RawClient slow = proxy.client();
    slow.send("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 1000000\r\n\r\nabc");  // and no more
    const RawAnswer answer = slow.answer();
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.body, "big");
    EXPECT_FALSE(answer.keep_alive);
  }
  // More than the sockets' buffers hold, to an origin that does not read it.
  RawClient fast = proxy.client();
  std::thread sender([&fast] {
    const std::string block(1 << 20, 'x');
    const std::string head = "POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 64000000\r\n\r\n";
    ::send(fast.fd(), head.data(), head.size(), MSG_NOSIGNAL);
    for (int i = 0; i < 64 && ::send(fast.fd(), block.data(), block.size(), MSG_NOSIGNAL) > 0; ++i) {
    }
  });
  EXPECT_TRUE(eventually([&proxy] { return proxy.totals().requests == 2 && proxy.open_sessions() == 0; }));
  sender.join();
}

TEST_P(Faults, ARequestThatMustNotBeRepeatedIsSentOnce) {
  // Takes the second request of a connection and closes without an answer: it may have done what was asked.
  std::vector<std::string> taken;
  ScriptedOrigin origin([&](ScriptedOrigin::Peer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    taken.push_back(peer.read_head());
  });
  LiveProxy proxy(strategy(), settings(), origin.address());
  RawClient client = proxy.client();
  EXPECT_EQ(client.ask("/").body, "ok");
  client.send("POST /pay HTTP/1.1\r\nHost: o\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(client.answer().status, 502);
  EXPECT_EQ(client.ask("/").body, "ok");
  client.get("/read");
  EXPECT_EQ(client.answer().body, "ok") << "reading again does no harm";
  proxy.stop();
  EXPECT_EQ(proxy.totals().retries, 1U);
}

TEST_P(Faults, AnAnswerThatIsResetInTheMiddleIsCutOffForTheClientToo) {
  LiveProxy proxy(strategy(), settings());
  for (const char* query : {"", "&chunked=1"}) {
    // The pause lets the first bytes through: what the origin's reset destroys never came.
    const RawAnswer answer =
        proxy.client().ask("/bytes/100000?seed=1&piece=40000&pause=30&reset_at=80000" + std::string(query));
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.whole);
    EXPECT_GE(answer.body.size(), 40000U);
    EXPECT_LE(answer.body.size(), 80000U);
    EXPECT_TRUE(load::matches_pattern(answer.body, {100000, 1}, 0));
  }
  EXPECT_EQ(proxy.totals().broken_answers, 2U);
  expect_serves(proxy);
}

TEST_P(Faults, AnOriginThatLiesAboutItsLengthCutsTheAnswerOff) {
  LiveProxy proxy(strategy(), settings());
  for (const char* query : {"", "&chunked=1", "&chunked=1&chunk=700"}) {
    const RawAnswer answer = proxy.client().ask("/bytes/50000?seed=1&lie=5" + std::string(query));
    EXPECT_EQ(answer.status, 200) << query;
    EXPECT_FALSE(answer.whole) << query;
    EXPECT_EQ(answer.body.size(), 50000U) << query;
    EXPECT_TRUE(load::matches_pattern(answer.body, {50000, 1}, 0)) << query;
    EXPECT_EQ(answer.error, 0) << query;
  }
  EXPECT_EQ(proxy.totals().broken_answers, 3U);
  expect_serves(proxy);
}

TEST_P(Faults, BytesBehindAnAnswersBodyReachNobody) {
  ScriptedOrigin origin([](ScriptedOrigin::Peer& peer, int) {
    peer.read_head();
    peer.send(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    peer.wait_for_close();
  });
  LiveProxy proxy(strategy(), settings(), origin.address());
  RawClient client = proxy.client();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask("/").body, "ok");
  proxy.stop();
  EXPECT_EQ(origin.connections(), 3);
}

TEST_P(Faults, AnOriginThatDoesNotAnswerInTimeIs504AndTheClientsConnectionGoesOn) {
  LiveProxy proxy(strategy(), impatient());
  RawClient client = proxy.client();
  EXPECT_EQ(client.ask("/bytes/10?head_delay=60000").status, 504);
  expect_body(client.ask("/bytes/10"), {10, 0});
}

TEST_P(Faults, AnOriginThatStallsInTheBodyCutsTheAnswerOff) {
  Settings settings = impatient();
  settings.backend_timeout = 200ms;  // the head has to be out by then, on a busy machine too
  LiveProxy proxy(strategy(), settings);
  for (const char* target : {"/bytes/50000?seed=1&stall_at=0", "/bytes/50000?seed=1&stall_at=40000",
                             "/bytes/50000?seed=1&stall_at=40000&chunked=1"}) {
    const RawAnswer answer = proxy.client().ask(target);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_FALSE(answer.whole) << target;
    EXPECT_EQ(answer.body.size(),
              std::string_view(target).find("=0") == std::string_view::npos ? 40000U : 0U);
    EXPECT_TRUE(load::matches_pattern(answer.body, {50000, 1}, 0)) << target;
    EXPECT_EQ(answer.error, 0) << target;
  }
  EXPECT_EQ(proxy.totals().broken_answers, 3U);
  expect_serves(proxy);
}

TEST_P(Faults, PausesShorterThanTheTimeoutAreWaitedForHoweverManyThereAre) {
  Settings patient = settings();
  patient.backend_timeout = std::chrono::milliseconds(400);
  LiveProxy proxy(strategy(), patient);
  expect_body(proxy.client().ask("/bytes/120?piece=10&pause=60"), {120, 0});  // 12 pieces, 0.7 s
}

// Sends as much as is taken.
void send_much(const RawClient& client, std::size_t body_bytes) {
  const std::string request = "POST / HTTP/1.1\r\nHost: o\r\nContent-Length: " + std::to_string(body_bytes) +
                              "\r\n\r\n" + std::string(body_bytes, 'b');
  std::size_t sent = 0;
  while (sent < request.size()) {
    const ssize_t now = ::send(client.fd(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return;
    sent += static_cast<std::size_t>(now);
  }
}

TEST_P(Faults, AnAnswerThatComesBeforeTheWholeRequestBodyReachesTheClient) {
  ScriptedOrigin origin([](ScriptedOrigin::Peer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge");
    peer.reset();
  });
  LiveProxy proxy(strategy(), settings(), origin.address());
  RawClient client = proxy.client();
  send_much(client, 200'000);
  const RawAnswer answer = client.answer();
  EXPECT_THAT(answer.status, testing::AnyOf(413, 502)) << "the reset may destroy the origin's answer";
  EXPECT_TRUE(answer.whole);
}

TEST_P(Faults, ABackendConnectionThatDidNotTakeTheWholeRequestIsNotUsedAgain) {
  // The first connection answers but never reads the request's body. Were it used again, the next request
  // would be taken for the rest of that body.
  std::atomic<bool> answered{false};
  ScriptedOrigin origin([&answered](ScriptedOrigin::Peer& peer, int connection) {
    peer.read_head();
    if (connection == 0) {
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
      EXPECT_TRUE(eventually([&answered] { return answered.load(); }));
      return;
    }
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond");
    peer.wait_for_close();
  });
  LiveProxy proxy(strategy(), impatient(), origin.address());
  RawClient client = proxy.client();
  std::thread sender([&client] { send_much(client, 20'000'000); });  // more than the sockets' buffers hold
  EXPECT_EQ(client.answer().body, "first");
  RawClient next = proxy.client();
  next.get("/");
  EXPECT_TRUE(eventually([&proxy] { return proxy.totals().requests == 2; }));
  answered = true;
  EXPECT_EQ(next.answer().body, "second");
  sender.join();
  proxy.stop();
  EXPECT_EQ(origin.connections(), 2);
}

}  // namespace
}  // namespace baton::pipeline
