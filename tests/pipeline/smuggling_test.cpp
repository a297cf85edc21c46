// Request smuggling through the whole proxy: an attack is answered once, with 400, the connection ends there,
// and the origin hears nothing of what was hidden in it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/pipeline/live_proxy.hpp"

namespace baton::pipeline {
namespace {

constexpr std::string_view kHidden = "GET /bytes/666 HTTP/1.1\r\nHost: a\r\n\r\n";

class Smuggling : public testing::TestWithParam<std::string_view> {};
INSTANTIATE_TEST_SUITE_P(Framing, Smuggling,
                         testing::Values("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
                                         "Content-Length: 0\r\nContent-Length: 37\r\n",
                                         "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n",
                                         "Transfer-Encoding : chunked\r\n", "X: y\r\n Content-Length: 0\r\n",
                                         "X: y\nContent-Length: 0\r\n", "Content-Length: +0\r\n"));

TEST_P(Smuggling, InAHeadIsAnsweredOnceAndTheOriginHearsNothing) {
  LiveProxy proxy("two_cache");
  RawClient client = proxy.client();
  client.send("POST /bytes/1 HTTP/1.1\r\nHost: a\r\n" + std::string(GetParam()) + "\r\n" +
              std::string(kHidden));
  const RawAnswer answer = client.answer();
  EXPECT_EQ(answer.status, 400);
  EXPECT_FALSE(answer.keep_alive);
  int error = 0;
  EXPECT_TRUE(client.closed_by_peer(error)) << "a second answer: " << client.unread();
  EXPECT_EQ(proxy.origin().counts().requests, 0U);
}

TEST(SmugglingInABody, IsAnsweredOnceAndTheHiddenRequestReachesNoOrigin) {
  for (const std::string_view chunk : {"1\nx\r\n0\r\n\r\n", "1;\nx\r\n0\r\n\r\n", "-1\r\n", "0\r\n\n"}) {
    LiveProxy proxy("two_cache");
    RawClient client = proxy.client();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunk) +
                std::string(kHidden));
    EXPECT_EQ(client.answer().status, 400) << chunk;
    int error = 0;
    EXPECT_TRUE(client.closed_by_peer(error)) << "a second answer: " << client.unread();
    EXPECT_LE(proxy.origin().counts().requests, 1U) << chunk;
  }
}

}  // namespace
}  // namespace baton::pipeline
