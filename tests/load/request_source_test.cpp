#include "harness/load/request_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace baton::load {
namespace {

using testing::HasSubstr;

TEST(RequestSource, HeadsAreAsLongAsAskedForAndCarryExtraFields) {
  for (const std::uint32_t length : {0U, 300U, 3000U}) {
    LoadOptions options;
    options.request_head_bytes = length;
    options.headers = {"X-One: 1"};
    RequestSource source(options, 1);
    Exchange exchange;
    source.make(exchange, 5, 2);
    EXPECT_THAT(exchange.head, HasSubstr("\r\nX-One: 1\r\n"));
    if (length != 0) {
      EXPECT_EQ(exchange.head.size(), length);
    }
    EXPECT_TRUE(exchange.head.ends_with("\r\n\r\n"));
  }
}

TEST(RequestSource, NoTwoOfSixtyFourConnectionsAndTheirLastEightRequestsShareABody) {
  const LoadOptions options;
  RequestSource source(options, 1);
  std::vector<const char*> starts;
  for (std::uint64_t connection = 0; connection < 64; ++connection) {
    for (std::uint64_t number = 0; number < 8; ++number) {
      Exchange exchange;
      source.make(exchange, connection, number);
      starts.push_back(pattern_run(exchange.answer_body, 0, 1).data());
    }
  }
  std::sort(starts.begin(), starts.end());
  EXPECT_EQ(std::adjacent_find(starts.begin(), starts.end()), starts.end());
}

}  // namespace
}  // namespace baton::load
