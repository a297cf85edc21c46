// Streams that are cut at every point: pipelined requests from a client, an answer with read-ahead from the
// origin.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/pipeline/live_proxy.hpp"
#include "tests/pipeline/scripted_origin.hpp"

namespace baton::pipeline {
namespace {

constexpr std::chrono::microseconds kBetween{300};  // usually enough for the first part to be read by itself

class Split : public ByCase {};
INSTANTIATE_TEST_SUITE_P(Strategies, Split, testing::ValuesIn(all_cases()), case_name);

constexpr std::string_view kThree =
    "GET /bytes/9?seed=1 HTTP/1.1\r\nHost: o\r\n\r\n"
    "POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 4\r\n\r\necho"
    "GET /bytes/700?seed=3 HTTP/1.1\r\nHost: o\r\n\r\n";

void expect_three(RawClient& client, std::size_t cut) {
  SCOPED_TRACE(cut);
  expect_body(client.answer(), {9, 1});
  EXPECT_EQ(client.answer().body, "echo");
  expect_body(client.answer(), {700, 3});
  EXPECT_EQ(client.unread(), "");
}

TEST_P(Split, ThreePipelinedRequestsAreAnsweredWhereverTheirStreamIsCut) {
  Settings quick = settings();
  quick.linger = std::chrono::milliseconds(1);
  LiveProxy proxy(strategy(), quick);
  RawClient client = proxy.client();
  net::set_nodelay(client.fd());
  for (std::size_t cut = 1; cut < kThree.size() && !HasFailure(); ++cut) {
    client.send(kThree.substr(0, cut));
    // Now and then so long that the session goes back to the waiter with a part of a request.
    std::this_thread::sleep_for(cut % 10 == 0 ? std::chrono::milliseconds(3) : kBetween);
    client.send(kThree.substr(cut));
    expect_three(client, cut);
  }
  EXPECT_EQ(proxy.totals().requests, 3 * (kThree.size() - 1));
}

TEST_P(Split, ThreePipelinedRequestsAreAnsweredWhenTheyComeByteByByte) {
  LiveProxy proxy(strategy(), settings());
  RawClient client = proxy.client();
  net::set_nodelay(client.fd());
  for (const char byte : kThree) {
    client.send({&byte, 1});
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  expect_three(client, 0);
}

TEST_P(Split, PipelinedRequestsThatCrossTheEndOfTheBufferAreAnswered) {
  Settings small = settings();
  small.buffers.buffer_bytes = small.buffers.workspace_bytes = 512;
  LiveProxy proxy(strategy(), small);
  RawClient client = proxy.client();
  for (std::size_t pad = 400; pad < 465 && !HasFailure(); ++pad) {
    // The padding moves the second request's head, byte by byte, over the end of the buffer.
    std::string stream =
        "GET /bytes/9?seed=1 HTTP/1.1\r\nHost: o\r\nX: " + std::string(pad, 'x') + "\r\n\r\n";
    stream += "GET /bytes/700?seed=3 HTTP/1.1\r\nHost: o\r\n\r\n";
    client.send(stream);
    expect_body(client.answer(), {9, 1});
    expect_body(client.answer(), {700, 3});
  }
}

// Answers every request with the same bytes, cut in two at a place that moves on.
class SplitAnswer {
 public:
  explicit SplitAnswer(std::string_view answer)
      : origin_([answer](ScriptedOrigin::Peer& peer, int) {
          for (std::size_t cut = 1; cut < answer.size() && !peer.read_head().empty(); ++cut) {
            peer.send_pieces(answer.substr(0, cut), answer.substr(cut));
          }
          peer.wait_for_close();
        }) {}
  [[nodiscard]] net::Address address() const { return origin_.address(); }

 private:
  ScriptedOrigin origin_;
};

void expect_all_splits(const Case& one, const Settings& settings, std::string_view answer) {
  const SplitAnswer origin(answer);
  LiveProxy proxy(one.strategy, settings, origin.address());
  RawClient client = proxy.client();
  for (std::size_t cut = 1; cut < answer.size() && !testing::Test::HasFailure(); ++cut) {
    const RawAnswer got = client.ask("/");
    EXPECT_EQ(got.status, 200) << cut;
    EXPECT_EQ(got.body, "Hello, world!") << cut;
    EXPECT_TRUE(got.whole) << cut;
  }
  EXPECT_EQ(proxy.totals().connects, 1U);
  EXPECT_EQ(proxy.totals().error_answers, 0U);
}

TEST_P(Split, AnAnswerWithALengthArrivesWhereverItIsCut) {
  expect_all_splits(
      GetParam(), settings(),
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: "
      "13\r\n\r\nHello, world!");
}

TEST_P(Split, AChunkedAnswerWithExtensionsAndTrailersArrivesWhereverItIsCut) {
  expect_all_splits(GetParam(), settings(),
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nHello\r\n8\r\n, "
                    "world!\r\n0\r\nTrailer: t\r\n\r\n");
}

}  // namespace
}  // namespace baton::pipeline
