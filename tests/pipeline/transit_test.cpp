#include "harness/pipeline/transit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "harness/load/pattern.hpp"
#include "tests/pipeline/live_proxy.hpp"

namespace baton::pipeline {
namespace {

std::string readable(Transit& transit) {
  std::string bytes;
  for (const std::span<char> run : transit.readable()) bytes.append(run.data(), run.size());
  return bytes;
}

TEST(Transit, BytesAreReadableOnceTheyArePublished) {
  Transit transit(8);
  transit.start();
  EXPECT_EQ(transit.push("abc"), 3U);
  EXPECT_EQ(readable(transit), "");
  transit.publish();
  EXPECT_EQ(readable(transit), "abc");
}

TEST(Transit, TakesWhatThereIsRoomForAndTheRestAfterConsuming) {
  Transit transit(8);
  transit.start();
  EXPECT_EQ(transit.push("0123456789"), 8U);
  EXPECT_EQ(transit.push("89"), 0U);
  transit.publish();
  transit.consume(1);
  EXPECT_EQ(transit.push("89"), 1U);
  transit.publish();
  EXPECT_EQ(readable(transit), "12345678");
}

TEST(Transit, ARunThatWrapsIsReadInTwo) {
  Transit transit(8);
  transit.start();
  transit.push("012345");
  transit.publish();
  transit.consume(6);
  transit.push("abcd");
  transit.publish();
  const auto runs = transit.readable();
  EXPECT_EQ(std::string(runs[0].data(), runs[0].size()), "ab");
  EXPECT_EQ(std::string(runs[1].data(), runs[1].size()), "cd");
}

TEST(Transit, EveryPositionOfTheRingWrapsRight) {
  for (std::size_t start = 0; start < 8; ++start) {
    Transit transit(8);
    transit.start();
    transit.push(std::string(start, '.'));
    transit.publish();
    transit.consume(start);
    EXPECT_EQ(transit.push("abcdefgh"), 8U) << start;
    transit.publish();
    EXPECT_EQ(readable(transit), "abcdefgh") << start;
  }
}

TEST(Transit, StartForgetsTheFetchBefore) {
  Transit transit(8);
  transit.start();
  transit.push("old");
  transit.publish();
  transit.start();
  EXPECT_EQ(readable(transit), "");
  EXPECT_EQ(transit.push("01234567"), 8U);
}

TEST(Transit, ConsumingWakesTheProducerAndPublishingWithAWakeTheConsumer) {
  Transit transit(8);
  transit.start();
  transit.consume(0);
  EXPECT_TRUE(transit.producer_waits(net::Waiting::block, std::chrono::seconds(0)));
  EXPECT_FALSE(transit.producer_waits(net::Waiting::block, std::chrono::seconds(0)));
  transit.publish();
  EXPECT_FALSE(transit.consumer_waits(net::Waiting::block, std::chrono::seconds(0)));
  transit.wake_consumer();
  EXPECT_TRUE(transit.consumer_waits(net::Waiting::block, std::chrono::seconds(0)));
}

constexpr load::BodyId kBody{.bytes = 300'000, .seed = 9};
constexpr std::chrono::seconds kLong{60};

class TransitThreads : public testing::TestWithParam<net::Waiting> {};

TEST_P(TransitThreads, EveryByteArrivesInOrderThroughARingMuchSmallerThanTheBody) {
  Transit transit(1000);
  transit.start();
  std::thread producer([&transit] {
    std::uint64_t offset = 0;
    while (offset < kBody.bytes) {
      const std::string_view run =
          load::pattern_run(kBody, offset, std::min<std::uint64_t>(1 + offset % 701, kBody.bytes - offset));
      const std::size_t pushed = transit.push(run);
      offset += pushed;
      transit.publish();
      transit.wake_consumer();
      if (pushed == 0) transit.producer_waits(GetParam(), kLong);
    }
  });
  std::uint64_t offset = 0;
  bool right = true;
  while (offset < kBody.bytes) {
    std::size_t consumed = 0;
    for (const std::span<char> run : transit.readable()) {
      right = right && load::matches_pattern({run.data(), run.size()}, kBody, offset + consumed);
      consumed += run.size();
    }
    offset += consumed;
    if (consumed != 0) {
      transit.consume(consumed);
    } else {
      transit.consumer_waits(GetParam(), kLong);
    }
  }
  producer.join();
  EXPECT_TRUE(right);
  EXPECT_EQ(offset, kBody.bytes);
}

INSTANTIATE_TEST_SUITE_P(Waiting, TransitThreads, testing::Values(net::Waiting::block, net::Waiting::spin),
                         waiting_name);

}  // namespace
}  // namespace baton::pipeline
