#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "tests/load/load_client_fixture.hpp"
#include "tests/load/raw_client.hpp"

namespace baton::load {
namespace {

using std::chrono::milliseconds;
using testing::IsEmpty;

TEST_F(LoadClientTest, AnOpenLoopSendsWhatIsDueAndSaysThatItKeptUp) {
  for (const ArrivalKind kind : {ArrivalKind::constant, ArrivalKind::poisson}) {
    LoadOptions options = limited(0);
    options.loop = LoadLoop::open;
    options.arrivals = kind;
    options.rate = 500;
    options.threads = 2;
    options.measure = milliseconds(600);
    const LoadResult result = run(options);
    EXPECT_THAT(result.by_reason, IsEmpty());
    EXPECT_TRUE(result.total.adds_up());
    EXPECT_EQ(result.measured.issued, result.arrivals);
    EXPECT_EQ(result.never_sent, 0U);
    EXPECT_EQ(result.intended.count(), result.arrivals);
    EXPECT_GT(result.arrivals, 200U);
    EXPECT_FALSE(to_json(result).at("saturated").is_null());
  }
}

TEST_F(LoadClientTest, AnOpenLoopFasterThanItsServerIsSaturatedAndDropsNothingWhileItMeasures) {
  LoadOptions options = limited(0);
  options.loop = LoadLoop::open;
  options.rate = 2000;
  options.connections = 2;
  options.measure = milliseconds(400);
  options.drain = milliseconds(50);
  options.targets = {target(10, "head_delay=20")};  // at most 100 a second
  const LoadResult result = run(options);
  EXPECT_TRUE(result.saturated());
  EXPECT_GT(result.backlog_at_end, 100U);
  EXPECT_EQ(result.measured.issued + result.never_sent, result.arrivals);
  EXPECT_GT(result.intended.max(), result.service.max());
  EXPECT_EQ(to_json(result).at("saturated"), true);
}

// The server stands still for 200 ms. Of a thousand requests a second one in five of that second's is due
// meanwhile.
LoadResult run_through_a_stall(LoadOptions options, const net::Address& origin) {
  LoadClient client(std::move(options));
  LoadResult result = client.run({.measure_begins =
                                      [&] {
                                        RawClient other(origin);
                                        other.get("/bytes/1?block=200");
                                        EXPECT_EQ(other.answer().status, 200);
                                      },
                                  .measure_ends = {}});
  return result;
}

TEST_F(LoadClientTest, AStallOfTheServerShowsInTheOpenLoopsTailFromTheIntendedStart) {
  LoadOptions options = limited(0);
  options.loop = LoadLoop::open;
  options.rate = 1000;
  options.connections = 2;
  options.ramp = milliseconds(100);
  options.measure = milliseconds(600);
  const LoadResult result = run_through_a_stall(options, origin_.address());
  EXPECT_GT(result.intended.percentile(99), 100'000'000U);
}

TEST_F(LoadClientTest, TheSameStallIsMissedByTheServiceTimeOfAClosedLoop) {
  LoadOptions options = limited(10'000);
  options.connections = 2;
  options.ramp = milliseconds(1);
  const LoadResult result = run_through_a_stall(options, origin_.address());
  EXPECT_LT(result.service.percentile(99), 100'000'000U);
  EXPECT_GT(result.service.max(), 100'000'000U);
}

}  // namespace
}  // namespace baton::load
