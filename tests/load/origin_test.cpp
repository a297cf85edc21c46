#include "harness/load/origin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <system_error>
#include <thread>

#include "tests/load/raw_client.hpp"

namespace baton::load {
namespace {

using http::Framing;
using testing::HasSubstr;
using testing::Not;

class OriginTest : public testing::Test {
 protected:
  OriginTest() { origin_.start(); }
  RawClient client() { return RawClient(origin_.address()); }
  RawAnswer ask(std::string_view target) { return client().ask(target); }

  Origin origin_{net::Address::loopback(0)};
};

void expect_body(const RawAnswer& answer, BodyId body) {
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(answer.body.size(), body.bytes);
  EXPECT_TRUE(matches_pattern(answer.body, body, 0));
}

TEST_F(OriginTest, SendsThePredictableBytesOfThatLengthAndSeed) {
  RawClient one = client();
  for (const std::uint64_t bytes : {0U, 1U, 4093U, 16384U, 200000U}) {
    const RawAnswer answer = one.ask("/bytes/" + std::to_string(bytes) + "?seed=7");
    expect_body(answer, {bytes, 7});
    EXPECT_EQ(answer.framing, Framing::content_length);
    EXPECT_TRUE(answer.keep_alive);
  }
  EXPECT_EQ(origin_.counts().connections, 1U);
  EXPECT_EQ(origin_.counts().requests, 5U);
}

TEST_F(OriginTest, AnAnswersHeadHasAboutTheSizeThatServersSend) {
  const std::size_t head = ask("/bytes/1024").head.size();
  EXPECT_GE(head, 220U);
  EXPECT_LE(head, 300U);
}

TEST_F(OriginTest, ChunksHaveTheSizeAskedFor) {
  RawClient one = client();
  one.get("/bytes/25?seed=1&chunked=1&chunk=10&last=1");
  const RawAnswer answer = one.answer();
  expect_body(answer, {25, 1});
  EXPECT_EQ(answer.framing, Framing::chunked);
  RawClient raw = client();
  raw.get("/bytes/25?chunked=1&chunk=10&last=1");
  while (raw.read_once() != 0) {
  }
  const std::string stream(raw.unread());
  EXPECT_THAT(stream, HasSubstr("\r\n\r\na\r\n"));
  EXPECT_THAT(stream, HasSubstr("\r\n5\r\n"));
  EXPECT_TRUE(stream.ends_with("\r\n0\r\n\r\n"));
}

TEST_F(OriginTest, OneByteChunksOfALongBodyAreWhole) {
  expect_body(ask("/bytes/5000?chunked=1&chunk=1&seed=2"), {5000, 2});
}

TEST_F(OriginTest, PiecesThatDoNotFitTheChunksAreWhole) {
  expect_body(ask("/bytes/10000?chunked=1&chunk=700&piece=333&seed=2"), {10000, 2});
}

TEST_F(OriginTest, PiecesWithPausesBetweenThemTakeAsLongAsThePauses) {
  const auto before = std::chrono::steady_clock::now();
  expect_body(ask("/bytes/30?piece=10&pause=10"), {30, 0});
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20));
}

TEST_F(OriginTest, PausesOnceAtAnOffset) {
  RawClient one = client();
  const auto before = std::chrono::steady_clock::now();
  expect_body(one.ask("/bytes/100?pause_at=40&pause=20"), {100, 0});
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20));
}

TEST_F(OriginTest, APauseHoldsOnlyItsOwnConnection) {
  RawClient slow = client();
  slow.get("/bytes/10?head_delay=3000");
  expect_body(ask("/bytes/10"), {10, 0});
  EXPECT_TRUE(slow.unread().empty());
}

TEST_F(OriginTest, AHeadDelayComesBeforeTheFirstByte) {
  RawClient one = client();
  const auto before = std::chrono::steady_clock::now();
  one.get("/bytes/10?head_delay=20");
  EXPECT_GT(one.read_once(), 0U);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20));
}

TEST_F(OriginTest, BlockStopsTheWholeOrigin) {
  RawClient other = client();
  RawClient one = client();
  const auto before = std::chrono::steady_clock::now();
  one.get("/bytes/1?block=50");
  while (origin_.counts().connections < 2) std::this_thread::yield();
  expect_body(one.answer(), {1, 0});
  expect_body(other.ask("/bytes/1"), {1, 0});
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(50));
}

TEST_F(OriginTest, CloseEndsTheBodyWithTheConnection) {
  RawClient one = client();
  const RawAnswer answer = one.ask("/bytes/20000?close=1");
  expect_body(answer, {20000, 0});
  EXPECT_EQ(answer.framing, Framing::until_close);
}

TEST_F(OriginTest, LastAnnouncesTheEndOfTheConnectionAndKeepsTheLength) {
  RawClient one = client();
  const RawAnswer answer = one.ask("/bytes/20?last=1");
  expect_body(answer, {20, 0});
  EXPECT_EQ(answer.framing, Framing::content_length);
  EXPECT_FALSE(answer.keep_alive);
  int error = 0;
  EXPECT_TRUE(one.closed_by_peer(error));
  EXPECT_EQ(error, 0);
}

TEST_F(OriginTest, ALieIsALengthThatIsNotKept) {
  for (const char* target : {"/bytes/100?lie=5", "/bytes/100?lie=5&chunked=1", "/bytes/0?lie=5",
                             "/bytes/0?lie=5&chunked=1", "/bytes/100?lie=5&chunked=1&chunk=30"}) {
    const RawAnswer answer = ask(target);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_EQ(answer.body.size(), target[7] == '1' ? 100U : 0U) << target;
    EXPECT_FALSE(answer.whole) << target;
    EXPECT_EQ(answer.error, 0) << target;
  }
  EXPECT_THAT(ask("/bytes/100?lie=5").head, HasSubstr("Content-Length: 105\r\n"));
}

TEST_F(OriginTest, ResetsInTheMiddleOfTheBody) {
  const RawAnswer answer = ask("/bytes/100?reset_at=40");
  EXPECT_EQ(answer.body.size(), 40U);
  EXPECT_EQ(answer.error, ECONNRESET);
}

TEST_F(OriginTest, StallsAtAnOffsetUntilTheClientLeaves) {
  RawClient one = client();
  net::set_receive_timeout(one.fd(), std::chrono::milliseconds(500));
  const RawAnswer answer = one.ask("/bytes/100?stall_at=40");
  EXPECT_EQ(answer.body.size(), 40U);
  EXPECT_EQ(answer.error, EAGAIN);
  EXPECT_EQ(origin_.counts().open, 1U);
  one.close();
  while (origin_.counts().open != 0) std::this_thread::yield();
}

TEST_F(OriginTest, FlipsTheByteAskedForAndNoOther) {
  for (const std::uint64_t at :
       {std::uint64_t{0}, std::uint64_t{4092}, std::uint64_t{4093}, std::uint64_t{9999}}) {
    RawAnswer answer = ask("/bytes/10000?seed=3&flip_at=" + std::to_string(at));
    ASSERT_EQ(answer.body.size(), 10000U);
    EXPECT_EQ(first_mismatch(answer.body, {10000, 3}, 0), at);
    answer.body[at] = static_cast<char>(answer.body[at] ^ 1);
    EXPECT_TRUE(matches_pattern(answer.body, {10000, 3}, 0)) << at;
  }
}

TEST_F(OriginTest, SendsInterimAnswersFirst) {
  RawClient one = client();
  one.get("/bytes/10?interim=1");
  EXPECT_EQ(one.answer().status, 100);
  EXPECT_EQ(one.answer().status, 103);
  expect_body(one.answer(), {10, 0});
}

TEST_F(OriginTest, PadsTheHeadByThatManyBytes) {
  const std::size_t plain = ask("/bytes/10").head.size();
  const std::size_t padded = ask("/bytes/10?head_pad=5000").head.size();
  EXPECT_EQ(padded - plain, 5000 + std::string_view("X-Pad: \r\n").size());
}

TEST_F(OriginTest, StatusesWithoutABodyHaveNone) {
  RawClient one = client();
  const RawAnswer no_content = one.ask("/bytes/10?status=204");
  EXPECT_EQ(no_content.status, 204);
  EXPECT_THAT(no_content.head, Not(HasSubstr("Content-Length")));
  const RawAnswer not_modified = one.ask("/bytes/10?status=304");
  EXPECT_EQ(not_modified.status, 304);
  EXPECT_THAT(not_modified.head, HasSubstr("Content-Length: 10\r\n"));
  const RawAnswer error = one.ask("/bytes/10?status=503");
  EXPECT_EQ(error.status, 503);
  EXPECT_EQ(error.body.size(), 10U);
}

TEST_F(OriginTest, HeadHasTheHeadOfGetAndNoBody) {
  RawClient one = client();
  one.send("HEAD /bytes/100 HTTP/1.1\r\nHost: o\r\n\r\n");
  const RawAnswer head = one.answer(HTTP_HEAD);
  EXPECT_THAT(head.head, HasSubstr("Content-Length: 100\r\n"));
  one.send("HEAD /bytes/100?chunked=1 HTTP/1.1\r\nHost: o\r\n\r\n");
  EXPECT_THAT(one.answer(HTTP_HEAD).head, HasSubstr("Transfer-Encoding: chunked\r\n"));
  expect_body(one.ask("/bytes/5"), {5, 0});  // nothing was left over in between
}

TEST_F(OriginTest, EchoesRequestBodiesOfBothFramings) {
  RawClient one = client();
  one.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(one.answer().body, "hello");
  one.send(
      "POST /echo?chunked=1 HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  const RawAnswer answer = one.answer();
  EXPECT_EQ(answer.body, "abcde");
  EXPECT_EQ(answer.framing, Framing::chunked);
}

TEST_F(OriginTest, ChecksRequestBodiesAndSaysWhichByteIsWrong) {
  const BodyId body{100000, 4};
  std::string bytes(body.bytes, '\0');
  fill_pattern(bytes.data(), bytes.size(), body, 0);
  RawClient one = client();
  const std::string head = "POST /check/100000?seed=4 HTTP/1.1\r\nHost: o\r\nContent-Length: ";
  one.send(head + "100000\r\n\r\n" + bytes);
  EXPECT_EQ(one.answer().status, 200);
  bytes[70000] = static_cast<char>(bytes[70000] ^ 1);
  one.send(head + "100000\r\n\r\n" + bytes);
  const RawAnswer wrong = one.answer();
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, HasSubstr("byte 70000 "));
  one.send(head + "10\r\n\r\n" + bytes.substr(0, 10));
  EXPECT_EQ(one.answer().status, 422);
}

TEST_F(OriginTest, ToldToExpectItSaysContinueBeforeTheBodyIsSent) {
  RawClient one = client();
  one.send("POST /echo HTTP/1.1\r\nHost: o\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(one.answer().status, 100);
  one.send("ok");
  EXPECT_EQ(one.answer().body, "ok");
}

TEST_F(OriginTest, AnswersPipelinedRequestsInOrder) {
  RawClient one = client();
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    requests +=
        "GET /bytes/" + std::to_string(i) + "?seed=" + std::to_string(i) + " HTTP/1.1\r\nHost: o\r\n\r\n";
  }
  one.send(requests);
  for (std::uint64_t i = 0; i < 200; ++i) expect_body(one.answer(), {i, i});
}

TEST_F(OriginTest, PipelinedHeadsThatCrossTheEndOfItsBufferAreRead) {
  RawClient one = client();
  const std::string padding(20000, 'p');
  for (int i = 0; i < 10; ++i) one.send("GET /bytes/3 HTTP/1.1\r\nHost: o\r\nX: " + padding + "\r\n\r\n");
  for (int i = 0; i < 10; ++i) expect_body(one.answer(), {3, 0});
}

TEST_F(OriginTest, ReadsARequestThatComesByteByByte) {
  RawClient one = client();
  net::set_nodelay(one.fd());
  for (const char byte : std::string("GET /bytes/9?seed=2 HTTP/1.1\r\nHost: o\r\n\r\n")) one.send({&byte, 1});
  expect_body(one.answer(), {9, 2});
}

TEST_F(OriginTest, ClosesAfterHttp10AndNeverSendsItChunks) {
  RawClient one = client();
  one.send("GET /bytes/100?chunked=1&interim=1 HTTP/1.0\r\n\r\n");
  const RawAnswer answer = one.answer();
  expect_body(answer, {100, 0});
  EXPECT_EQ(answer.framing, Framing::until_close);
}

TEST_F(OriginTest, KeepsAnHttp10ConnectionThatAsksForIt) {
  RawClient one = client();
  for (int i = 0; i < 2; ++i) {
    one.send("GET /bytes/10 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const RawAnswer answer = one.answer();
    expect_body(answer, {10, 0});
    EXPECT_THAT(answer.head, HasSubstr("Connection: keep-alive"));
  }
}

TEST_F(OriginTest, MalformedRequestsAre400AndTheConnectionEnds) {
  RawClient one = client();
  one.send("GET /bytes/1 HTTP/1.1\r\nHost: o\r\nBad Header\r\n\r\nGET /bytes/1 HTTP/1.1\r\nHost: o\r\n\r\n");
  EXPECT_EQ(one.answer().status, 400);
  int error = 0;
  EXPECT_TRUE(one.closed_by_peer(error));
  EXPECT_EQ(error, 0);
}

TEST_F(OriginTest, HeadsThatAreTooLargeAre431) {
  RawClient one = client();
  one.send("GET /bytes/1 HTTP/1.1\r\nHost: o\r\nX: " + std::string(70000, 'x') + "\r\n\r\n");
  EXPECT_EQ(one.answer().status, 431);
}

TEST_F(OriginTest, UnknownKeysAndPathsAreAnsweredAndTheConnectionGoesOn) {
  RawClient one = client();
  const RawAnswer key = one.ask("/bytes/1?nope=1");
  EXPECT_EQ(key.status, 400);
  EXPECT_THAT(key.body, HasSubstr("unknown key 'nope'; valid are seed "));
  EXPECT_EQ(one.ask("/nope").status, 404);
  expect_body(one.ask("/bytes/5"), {5, 0});
}

TEST_F(OriginTest, AClientThatLeavesInTheMiddleIsForgotten) {
  RawClient one = client();
  one.get("/bytes/100000000");
  one.read_once();
  one.close();
  while (origin_.counts().open != 0) std::this_thread::yield();
  expect_body(ask("/bytes/5"), {5, 0});
}

TEST_F(OriginTest, StopClosesWhatIsOpenAndCanBeCalledTwice) {
  RawClient one = client();
  expect_body(one.ask("/bytes/5"), {5, 0});
  origin_.stop();
  origin_.stop();
  int error = 0;
  EXPECT_TRUE(one.closed_by_peer(error));
  EXPECT_EQ(origin_.counts().open, 0U);
  EXPECT_EQ(net::connect_tcp(origin_.address(), std::chrono::seconds(5)).error, ECONNREFUSED);
}

TEST(Origin, APortThatIsTakenThrowsWithTheAddress) {
  Origin first(net::Address::loopback(0));
  EXPECT_THROW(Origin second(first.address()), std::system_error);
}

}  // namespace
}  // namespace baton::load
