// Requests at given times, slow readers, connections that end, requests in pieces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "tests/load/load_client_fixture.hpp"

namespace baton::load {
namespace {

using std::chrono::milliseconds;

TEST_F(LoadClientTest, AScheduleIsSentRequestByRequestAtItsTimes) {
  auto schedule = std::make_shared<Schedule>();
  std::uint64_t bytes = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const bool head_only = i % 4 == 0;
    schedule->push_back(
        {.due_ns = i * 5'000'000, .body_bytes = 100 * i, .head_bytes = 300, .head_only = head_only});
    bytes += head_only ? 0 : 100 * i;
  }
  for (const std::uint32_t threads : {1U, 3U}) {
    const std::uint64_t before = origin_.counts().requests;
    LoadOptions options = limited(60);
    options.loop = LoadLoop::open;
    options.schedule = schedule;
    options.threads = threads;
    const LoadResult result = run(options);
    expect_all_right(result, 60);
    EXPECT_EQ(origin_.counts().requests - before, 60U);  // counted at the other end
    EXPECT_EQ(result.arrivals, 60U);
    EXPECT_EQ(result.body_bytes, bytes);
    EXPECT_EQ(result.late.count(), 60U);
    EXPECT_GE(result.measured_s, 0.295);  // the last is due after 59 times 5 ms
  }
}

TEST_F(LoadClientTest, AScheduleNeedsAnOpenLoopAndNoRate) {
  LoadOptions options = limited(1);
  options.schedule = std::make_shared<Schedule>(1);
  EXPECT_THROW(validate(options), std::invalid_argument);
  options.loop = LoadLoop::open;
  EXPECT_NO_THROW(validate(options));
  options.rate = 5;
  EXPECT_THROW(validate(options), std::invalid_argument);
  options.rate = 0;
  options.schedule = std::make_shared<Schedule>();
  EXPECT_THROW(validate(options), std::invalid_argument);
}

TEST_F(LoadClientTest, AConnectionThatEndsAfterSomeRequestsComesBack) {
  LoadOptions options = limited(40);
  options.requests_per_connection = {5};
  const LoadResult result = run(options);
  expect_all_right(result, 40);
  EXPECT_GE(result.connections_opened, 8U);
  EXPECT_GE(origin_.counts().connections, 8U);
}

TEST_F(LoadClientTest, SlowReadersGetEveryByteAndTakeTheirTime) {
  LoadOptions options = limited(4);
  options.targets = {target(20'000)};
  options.slow_connections = 4;
  options.slow_bytes = 4096;
  options.slow_pause = milliseconds(10);
  const LoadResult result = run(options);
  expect_all_right(result, 4);
  EXPECT_GE(result.service.min(),
            40'000'000U);  // the head and 20,000 bytes in reads of 4096: four pauses at least
}

TEST_F(LoadClientTest, RequestsInPiecesOfAByteAreUnderstood) {
  LoadOptions options = limited(12);
  options.cut_bytes = 1;
  options.pipelining = 3;
  expect_all_right(run(options), 12);
  EXPECT_EQ(origin_.counts().requests, 12U);
}

TEST_F(LoadClientTest, TargetsMayHaveHeadsOfTheirOwn) {
  LoadOptions options = limited(10);
  options.targets.front().head_only = true;
  options.targets.front().bytes = 5000;
  const LoadResult result = run(options);
  expect_all_right(result, 10);
  EXPECT_EQ(result.body_bytes, 0U);
}

}  // namespace
}  // namespace baton::load
