#include "harness/measure/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace baton {
namespace {

constexpr std::uint64_t kHour = 3'600'000'000'000;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

// Durations as they occur: spread over all magnitudes from a nanosecond to an hour.
std::vector<std::uint64_t> durations(std::size_t how_many, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(0, std::log(static_cast<double>(kHour)));
  std::vector<std::uint64_t> values(how_many);
  std::generate(values.begin(), values.end(),
                [&] { return static_cast<std::uint64_t>(std::exp(exponent(random))); });
  return values;
}

std::uint64_t exact_percentile(const std::vector<std::uint64_t>& sorted, double percent) {
  const auto rank = static_cast<std::size_t>(std::ceil(percent / 100.0 * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Histogram, buckets_cover_every_value_once_without_gap_or_overlap) {
  EXPECT_EQ(Histogram::lowest(0), 0U);
  for (std::size_t i = 0; i < Histogram::kBuckets; ++i) {
    ASSERT_EQ(Histogram::index_of(Histogram::lowest(i)), i);
    ASSERT_EQ(Histogram::index_of(Histogram::highest(i)), i);
    if (i != 0) {
      ASSERT_EQ(Histogram::lowest(i), Histogram::highest(i - 1) + 1) << "bucket " << i;
    }
  }
  EXPECT_EQ(Histogram::highest(Histogram::kBuckets - 1), kMost);
}

TEST(Histogram, no_bucket_is_wider_than_one_percent_of_its_values) {
  for (std::size_t i = 1; i < Histogram::kBuckets; ++i) {
    const std::uint64_t width = Histogram::highest(i) - Histogram::lowest(i);
    ASSERT_LE(static_cast<double>(width), 0.01 * static_cast<double>(Histogram::lowest(i))) << "bucket " << i;
  }
}

TEST(Histogram, percentiles_are_within_one_percent_above_the_exact_ones) {
  std::vector<std::uint64_t> values = durations(20'000, 1);
  Histogram histogram;
  for (const std::uint64_t value : values) histogram.record(value);
  std::sort(values.begin(), values.end());
  for (const double percent : {0.0, 0.1, 1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const std::uint64_t exact = exact_percentile(values, percent);
    const std::uint64_t measured = histogram.percentile(percent);
    EXPECT_GE(measured, exact) << percent;
    EXPECT_LE(static_cast<double>(measured), 1.01 * static_cast<double>(exact)) << percent;
  }
}

TEST(Histogram, count_minimum_maximum_and_mean_are_exact) {
  Histogram histogram;
  for (const std::uint64_t value : {1'000'003U, 7U, 123'456'789U}) histogram.record(value);
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_EQ(histogram.min(), 7U);
  EXPECT_EQ(histogram.max(), 123'456'789U);
  EXPECT_DOUBLE_EQ(histogram.mean(), (1'000'003.0 + 7.0 + 123'456'789.0) / 3.0);
  EXPECT_EQ(histogram.percentile(100), 123'456'789U) << "never beyond the maximum";
}

TEST(Histogram, an_hour_and_the_largest_number_are_recorded_and_not_clipped) {
  Histogram histogram;
  histogram.record(kHour);
  EXPECT_EQ(histogram.percentile(50), kHour);
  histogram.record(kMost, 3);
  EXPECT_EQ(histogram.percentile(50), kMost);
  EXPECT_EQ(histogram.count(), 4U);
}

TEST(Histogram, an_empty_one_says_so_and_answers_zero) {
  const Histogram histogram;
  EXPECT_TRUE(histogram.empty());
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.min(), 0U);
  EXPECT_EQ(histogram.max(), 0U);
  EXPECT_EQ(histogram.mean(), 0.0);
  EXPECT_EQ(histogram.percentile(99), 0U);
}

TEST(Histogram, recording_a_value_no_times_changes_nothing) {
  Histogram histogram;
  histogram.record(kHour, 0);
  EXPECT_EQ(histogram, Histogram{});
}

TEST(Histogram, merging_parts_equals_recording_everything_in_one) {
  const std::vector<std::uint64_t> values = durations(3'000, 2);
  Histogram whole;
  std::vector<Histogram> parts(3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    whole.record(values[i]);
    parts[i % parts.size()].record(values[i]);
  }
  Histogram merged;
  for (const Histogram& part : parts) merged.merge(part);
  EXPECT_EQ(merged, whole);
  merged.merge(Histogram{});
  EXPECT_EQ(merged, whole) << "an empty part changes nothing";
  merged.record(values.front());
  EXPECT_NE(merged, whole) << "equality sees a single value more";
}

TEST(Histogram, clear_makes_it_as_new) {
  Histogram histogram;
  histogram.record(42, 5);
  histogram.clear();
  EXPECT_EQ(histogram, Histogram{});
}

TEST(Histogram, the_counts_of_all_buckets_add_up_to_the_count) {
  Histogram histogram;
  for (const std::uint64_t value : durations(1'000, 3)) histogram.record(value, 2);
  std::uint64_t sum = 0;
  for (const std::uint64_t in_bucket : histogram.counts()) sum += in_bucket;
  EXPECT_EQ(sum, 2'000U);
  EXPECT_EQ(histogram.count(), 2'000U);
}

}  // namespace
}  // namespace baton
