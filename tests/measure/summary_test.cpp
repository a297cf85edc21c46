#include "harness/measure/summary.hpp"

#include <gtest/gtest.h>

namespace baton {
namespace {

Histogram one_to_two_hundred() {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 200; ++value)
    histogram.record(value);  // below 256 every value is exact
  return histogram;
}

TEST(Summary, latencies_have_count_extremes_percentiles_and_mean) {
  EXPECT_EQ(latency_summary(one_to_two_hundred()), (nlohmann::json{{"count", 200},
                                                                   {"min", 1},
                                                                   {"p50", 100},
                                                                   {"p90", 180},
                                                                   {"p99", 198},
                                                                   {"p999", 200},
                                                                   {"max", 200},
                                                                   {"mean", 100.5}}));
}

TEST(Summary, durations_have_their_total) {
  EXPECT_EQ(duration_summary(one_to_two_hundred()),
            (nlohmann::json{
                {"count", 200}, {"total_ns", 20'100}, {"p50_ns", 100}, {"p99_ns", 198}, {"max_ns", 200}}));
}

TEST(Summary, what_nothing_was_recorded_of_is_null_and_not_zero) {
  const nlohmann::json latency = latency_summary({});
  EXPECT_EQ(latency["count"], 0);
  for (const char* name : {"min", "p50", "p90", "p99", "p999", "max", "mean"}) {
    EXPECT_TRUE(latency[name].is_null()) << name;
  }
  EXPECT_EQ(
      duration_summary({}),
      (nlohmann::json{
          {"count", 0}, {"total_ns", 0}, {"p50_ns", nullptr}, {"p99_ns", nullptr}, {"max_ns", nullptr}}));
}

}  // namespace
}  // namespace baton
