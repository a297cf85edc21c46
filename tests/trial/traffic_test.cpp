#include "harness/trial/traffic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <string>

#include "harness/trace/trace_file.hpp"
#include "harness/trial/check.hpp"

namespace baton::trial {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Ge;
using testing::Le;

std::vector<std::uint64_t> bodies_of(const std::vector<load::ScheduledRequest>& requests) {
  std::vector<std::uint64_t> bodies;
  for (const load::ScheduledRequest& request : requests) bodies.push_back(request.body_bytes);
  std::ranges::sort(bodies);
  return bodies;
}

TEST(Traffic, DrawnRequestsFollowTheTablesAndRepeatByTheirSeed) {
  TrialConfig config;
  EXPECT_TRUE(drawn_requests(config).empty());
  config.body.quantiles = {0, 100, 10'000};
  config.load.head_quantiles = {200, 400};
  config.load.head_share = 0.25;
  const auto requests = drawn_requests(config);
  ASSERT_EQ(requests.size(), kDraws);
  const auto bodies = bodies_of(requests);
  EXPECT_NEAR(static_cast<double>(bodies[kDraws / 4]), 50, 1);    // a draw from each of 256 parts
  EXPECT_NEAR(static_cast<double>(bodies[kDraws / 2]), 100, 45);  // the next part's are 77 apart
  EXPECT_NEAR(static_cast<double>(bodies[3 * kDraws / 4]), 5050, 80);
  EXPECT_EQ(std::ranges::count_if(requests, &load::ScheduledRequest::head_only), kDraws / 4);
  for (const load::ScheduledRequest& request : requests)
    EXPECT_THAT(request.head_bytes, AllOf(Ge(200U), Le(400U)));
  EXPECT_EQ(bodies_of(drawn_requests(config)), bodies);
  EXPECT_FALSE(std::ranges::is_sorted(requests, {}, &load::ScheduledRequest::body_bytes));
  config.seed = 2;
  EXPECT_NE(bodies_of(drawn_requests(config)), bodies);
}

TEST(Traffic, AScheduleOfGapsHasTheirMeanAtTheirPaceAndLastsPastTheMeasuredPhase) {
  TrialConfig config;
  EXPECT_EQ(make_schedule(config), nullptr);
  config.load.loop = Loop::open;
  config.load.gaps_us = {500, 1500};
  config.load.pace = 2;
  config.ramp_s = 0.5;
  config.measure_s = 9.5;
  const auto schedule = make_schedule(config);
  EXPECT_TRUE(std::ranges::is_sorted(*schedule, {}, &load::ScheduledRequest::due_ns));
  EXPECT_GT(schedule->back().due_ns, 10'000'000'000U);
  // 20,000 gaps of 0.5 ms on average, each with a deviation of 0.14: in sum 0.02 s.
  EXPECT_NEAR(static_cast<double>(schedule->size()) / 21'000, 1, 0.01);
}

TEST(Traffic, ABurstHasSoManyTimesTheRateWhileItLasts) {
  TrialConfig config;
  config.load.loop = Loop::open;
  config.load.rate = 1000;
  config.load.burst_factor = 20;
  config.load.burst_at_s = 1;
  config.load.burst_s = 0.5;
  config.ramp_s = 0.25;
  config.measure_s = 3;
  const auto requests_from = [&](double from_s, double to_s) {
    return static_cast<double>(
        std::ranges::count_if(*make_schedule(config), [&](const load::ScheduledRequest& one) {
          return static_cast<double>(one.due_ns) >= from_s * 1e9 &&
                 static_cast<double>(one.due_ns) < to_s * 1e9;
        }));
  };
  EXPECT_NEAR(requests_from(0, 1.25), 1250, 1);
  EXPECT_NEAR(requests_from(1.25, 1.75), 10'000, 1);
  EXPECT_NEAR(requests_from(1.75, 3.25), 1500, 1);
  config.load.arrivals = Arrivals::poisson;
  EXPECT_NEAR(requests_from(1.25, 1.75), 10'000, 600);  // six deviations
  EXPECT_NEAR(requests_from(1.75, 3.25), 1500, 240);
}

class OfATrace : public testing::Test {
 protected:
  void SetUp() override {
    file_ = fs::temp_directory_path() / ("baton-traffic-" + std::to_string(::getpid()) + ".trace");
    fs::remove(file_);
    trace::TraceWriter writer(file_);
    for (std::uint32_t i = 0; i < 100; ++i) {
      writer.add({.arrival_us = 20'000ULL * i,
                  .client = i % 7,
                  .method = i % 10 == 0 ? trace::Method::head : trace::Method::get,
                  .head_bytes = 200 + i,
                  .body_bytes = 1000 * i});
    }
    writer.finish();
  }
  void TearDown() override { fs::remove(file_); }
  fs::path file_;
};

TEST_F(OfATrace, EveryRequestIsInTheScheduleAtItsPace) {
  TrialConfig config;
  config.load.loop = Loop::open;
  config.load.trace = file_;
  config.load.pace = 2;
  config.ramp_s = 0;
  config.measure_s = 0.99;
  EXPECT_FALSE(find_traffic_contradiction(config).has_value());
  const auto schedule = make_schedule(config);
  ASSERT_EQ(schedule->size(), 100U);
  for (std::size_t i = 0; i < schedule->size(); ++i) {
    EXPECT_EQ((*schedule)[i].due_ns, 10'000'000 * i);
    EXPECT_EQ((*schedule)[i].body_bytes, 1000 * i);
    EXPECT_EQ((*schedule)[i].head_bytes, 200 + i);
    EXPECT_EQ((*schedule)[i].head_only, i % 10 == 0);
  }
  EXPECT_EQ(sizes_of(config).size(), 100U);
  config.measure_s = 1.01;  // it lasts 0.99 s
  const auto found = find_traffic_contradiction(config);
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->what, testing::HasSubstr("it lasts 0.99 s at a pace of 2"));
  config.measure_s = 0.5;  // and half a second more than that is in the schedule, not all
  config.load.pace = 1;
  EXPECT_EQ(make_schedule(config)->size(), 51U);
}

}  // namespace
}  // namespace baton::trial
