// Correct HTTP through the proxy, for every strategy, without handoff and with every answer handed off.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/pipeline/live_proxy.hpp"
#include "tests/pipeline/scripted_origin.hpp"

namespace baton::pipeline {
namespace {

using http::Framing;
using load::BodyId;
using testing::HasSubstr;
using testing::Not;

class Http : public ByCase {
 protected:
  LiveProxy proxy_{strategy(), settings()};
};
INSTANTIATE_TEST_SUITE_P(Strategies, Http, testing::ValuesIn(all_cases()), case_name);

TEST_P(Http, BodiesOfEverySizeArriveWhole) {
  RawClient client = proxy_.client();
  for (const std::uint64_t bytes : {0U, 1U, 1024U, 16383U, 16384U, 16385U, 65537U, 1048576U}) {
    const RawAnswer answer = client.ask("/bytes/" + std::to_string(bytes) + "?seed=5");
    expect_body(answer, {bytes, 5});
    EXPECT_EQ(answer.framing, Framing::content_length);
    EXPECT_TRUE(answer.keep_alive);
  }
  const Totals totals = proxy_.totals();
  EXPECT_EQ(totals.requests, 8U);
  EXPECT_EQ(totals.error_answers, 0U);
  EXPECT_EQ(totals.connects, 1U) << "the backend connection is kept";
  EXPECT_EQ(totals.handoffs_taken, handoff() ? 7U : 0U) << "every body, and no body is none";
}

TEST_P(Http, ChunkedAnswersArriveWholeWhateverTheChunksAndPieces) {
  RawClient client = proxy_.client();
  for (const char* query : {"chunk=1", "chunk=10", "chunk=8192", "chunk=20000", "chunk=700&piece=333"}) {
    for (const std::uint64_t bytes : {0U, 1U, 1000U, 16384U}) {
      const RawAnswer answer =
          client.ask("/bytes/" + std::to_string(bytes) + "?seed=6&chunked=1&" + std::string(query));
      expect_body(answer, {bytes, 6});
      EXPECT_EQ(answer.framing, Framing::chunked);
      EXPECT_TRUE(answer.keep_alive);
    }
  }
  expect_body(client.ask("/bytes/1000000?seed=6&chunked=1"), {1000000, 6});
}

TEST_P(Http, ABodyThatEndsWithTheOriginsConnectionIsChunkedToTheClientAndTheClientsConnectionGoesOn) {
  RawClient client = proxy_.client();
  for (const std::uint64_t bytes : {0U, 20000U}) {
    const RawAnswer answer = client.ask("/bytes/" + std::to_string(bytes) + "?seed=2&close=1");
    expect_body(answer, {bytes, 2});
    EXPECT_EQ(answer.framing, Framing::chunked);
    EXPECT_TRUE(answer.keep_alive);
  }
  expect_body(client.ask("/bytes/5"), {5, 0});
}

TEST_P(Http, AnOriginThatAnnouncesItsLastAnswerIsConnectedToAnew) {
  RawClient client = proxy_.client();
  expect_body(client.ask("/bytes/2000?last=1"), {2000, 0});
  expect_body(client.ask("/bytes/2000"), {2000, 0});
  EXPECT_EQ(proxy_.totals().connects, 2U);
  EXPECT_EQ(proxy_.totals().retries, 0U);
}

TEST_P(Http, AnswersWithoutABodyEndWithTheirHead) {
  RawClient client = proxy_.client();
  client.send("HEAD /bytes/100 HTTP/1.1\r\nHost: o\r\n\r\n");
  RawAnswer answer = client.answer(HTTP_HEAD);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("Content-Length: 100\r\n"));
  client.send("HEAD /bytes/100?chunked=1 HTTP/1.1\r\nHost: o\r\n\r\n");
  EXPECT_EQ(client.answer(HTTP_HEAD).status, 200);
  answer = client.ask("/bytes/100?status=204");
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(answer.head, Not(HasSubstr("Content-Length")));
  answer = client.ask("/bytes/100?status=304");
  EXPECT_EQ(answer.status, 304);
  EXPECT_THAT(answer.head, HasSubstr("Content-Length: 100\r\n"));
  expect_body(client.ask("/bytes/9"), {9, 0});  // nothing was left over in between
  EXPECT_EQ(proxy_.totals().connects, 1U);
}

TEST_P(Http, Http10ClientsGetTheirAnswerAndTheEndOfTheConnection) {
  for (const char* query : {"", "&chunked=1"}) {
    RawClient client = proxy_.client();
    client.send("GET /bytes/20000?seed=1" + std::string(query) + " HTTP/1.0\r\n\r\n");
    expect_body(client.answer(), {20000, 1});
    int error = -1;
    EXPECT_TRUE(client.closed_by_peer(error));
    EXPECT_EQ(error, 0);
  }
}

TEST_P(Http, Http10ClientsThatAskForItKeepTheirConnectionIfTheLengthIsKnown) {
  RawClient client = proxy_.client();
  for (int i = 0; i < 2; ++i) {
    client.send("GET /bytes/20000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const RawAnswer answer = client.answer();
    expect_body(answer, {20000, 0});
    EXPECT_THAT(answer.head, HasSubstr("Connection: keep-alive\r\n"));
  }
  client.send("GET /bytes/20000?chunked=1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const RawAnswer answer = client.answer();
  expect_body(answer, {20000, 0});
  EXPECT_EQ(answer.framing, Framing::until_close);
}

TEST_P(Http, AClientThatSaysCloseGetsItsAnswerAndTheConnectionEnds) {
  RawClient client = proxy_.client();
  client.send("GET /bytes/2000 HTTP/1.1\r\nHost: o\r\nConnection: close\r\n\r\n");
  const RawAnswer answer = client.answer();
  expect_body(answer, {2000, 0});
  EXPECT_FALSE(answer.keep_alive);
  int error = -1;
  EXPECT_TRUE(client.closed_by_peer(error));
  EXPECT_EQ(error, 0);
}

TEST_P(Http, RequestBodiesOfBothFramingsReachTheOrigin) {
  RawClient client = proxy_.client();
  for (const std::size_t bytes : {0U, 5U, 16384U, 100000U}) {
    const BodyId id{bytes, 4};
    std::string body(bytes, '\0');
    load::fill_pattern(body.data(), body.size(), id, 0);
    client.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
                body);
    expect_body(client.answer(), id);
    std::string chunked = "POST /echo?chunked=1 HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < bytes; at += 30000) {
      const std::string chunk = body.substr(at, 30000);
      char size[32];
      chunked.append(size, http::write_chunk_head(size, chunk.size())).append(chunk).append("\r\n");
    }
    client.send(chunked + "0\r\n\r\n");
    expect_body(client.answer(), id);
  }
  expect_body(client.ask("/bytes/5"), {5, 0});
}

TEST_P(Http, AClientThatExpectsIsToldToContinueBeforeItSendsItsBody) {
  RawClient client = proxy_.client();
  client.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.answer().status, 100);
  client.send("ok");
  EXPECT_EQ(client.answer().body, "ok");
  client.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nok");
  EXPECT_EQ(client.answer().body, "ok") << "one that does not wait is not told";
}

TEST_P(Http, InterimAnswersOfTheOriginAreNotForwarded) {
  RawClient client = proxy_.client();
  for (int i = 0; i < 2; ++i) expect_body(client.ask("/bytes/3000?interim=1"), {3000, 0});
}

TEST_P(Http, ConnectIsNotSupportedAndSaysSo) {
  RawClient client = proxy_.client();
  client.send("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n");
  const RawAnswer answer = client.answer();
  EXPECT_EQ(answer.status, 501);
  EXPECT_FALSE(answer.keep_alive);
  EXPECT_EQ(proxy_.origin().counts().connections, 0U);
}

TEST_P(Http, AMethodNobodyKnowsIsNotImplementedAndSaysSo) {
  RawClient client = proxy_.client();
  client.send("YIELD / HTTP/1.1\r\nHost: o\r\n\r\n");
  const RawAnswer answer = client.answer();
  EXPECT_EQ(answer.status, 501);
  EXPECT_FALSE(answer.keep_alive);
  EXPECT_EQ(proxy_.origin().counts().connections, 0U);
}

TEST_P(Http, ManyPipelinedRequestsAreAnsweredInOrder) {
  RawClient client = proxy_.client();
  std::string requests;
  for (int i = 0; i < 300; ++i) {
    requests +=
        "GET /bytes/" + std::to_string(i * 7) + "?seed=" + std::to_string(i) + " HTTP/1.1\r\nHost: o\r\n\r\n";
  }
  client.send(requests);
  for (std::uint64_t i = 0; i < 300; ++i) expect_body(client.answer(), {i * 7, i});
  EXPECT_EQ(proxy_.totals().connects, 1U);
}

TEST_P(Http, ARequestBehindARequestBodyInTheSameBytesIsFound) {
  RawClient client = proxy_.client();
  client.send(
      "POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\n\r\nabcGET /bytes/3000 HTTP/1.1\r\nHost: "
      "o\r\n\r\n");
  EXPECT_EQ(client.answer().body, "abc");
  expect_body(client.answer(), {3000, 0});
}

TEST_P(Http, HopByHopFieldsStayOnTheirSide) {
  std::string forwarded;
  ScriptedOrigin origin([&](ScriptedOrigin::Peer& peer, int) {
    forwarded = peer.read_head();
    peer.send(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: X-Origin-Hop\r\nX-Origin-Hop: 1\r\nKeep-Alive: "
        "timeout=5\r\nX-End: 2\r\n\r\nok");
    peer.wait_for_close();
  });
  LiveProxy proxy(strategy(), settings(), origin.address());
  RawClient client = proxy.client();
  client.send(
      "GET / HTTP/1.1\r\nHost: o\r\nConnection: X-Client-Hop\r\nX-Client-Hop: 1\r\nTE: trailers\r\nX-End: "
      "1\r\n\r\n");
  const RawAnswer answer = client.answer();
  proxy.stop();
  EXPECT_EQ(answer.body, "ok");
  EXPECT_THAT(answer.head, HasSubstr("X-End: 2\r\n"));
  EXPECT_THAT(answer.head, Not(HasSubstr("X-Origin-Hop")));
  EXPECT_THAT(answer.head, Not(HasSubstr("Keep-Alive")));
  EXPECT_THAT(forwarded, HasSubstr("X-End: 1\r\n"));
  EXPECT_THAT(forwarded, Not(HasSubstr("X-Client-Hop")));
  EXPECT_THAT(forwarded, Not(HasSubstr("TE:")));
  EXPECT_THAT(forwarded, HasSubstr("Via: 1.1 baton\r\n"));
}

TEST_P(Http, ASmallBufferServesLargeBodies) {
  Settings small = settings();
  small.buffers.buffer_bytes = small.buffers.workspace_bytes = 512;
  LiveProxy proxy(strategy(), small);
  RawClient client = proxy.client();
  for (const char* query : {"", "&chunked=1", "&chunked=1&chunk=3", "&close=1"}) {
    expect_body(client.ask("/bytes/50000?seed=8" + std::string(query)), {50000, 8});
  }
}

TEST_P(Http, ATransitQueueSmallerThanTheBufferHoldsUpTheFetchAndLosesNothing) {
  Settings small = settings();
  small.transit_bytes = 100;
  LiveProxy proxy(strategy(), small);
  expect_body(proxy.client().ask("/bytes/20000?seed=8"), {20000, 8});
}

TEST_P(Http, SpinningWorkersServeAsBlockingOnesDo) {
  Settings spinning = settings();
  spinning.waiting = net::Waiting::spin;
  LiveProxy proxy(strategy(), spinning);
  RawClient client = proxy.client();
  for (int i = 0; i < 20; ++i) expect_body(client.ask("/bytes/20000"), {20000, 0});
}

}  // namespace
}  // namespace baton::pipeline
