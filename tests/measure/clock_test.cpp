#include "harness/measure/clock.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace baton {
namespace {

class EachSource : public testing::TestWithParam<TickClock::Source> {};

INSTANTIATE_TEST_SUITE_P(Clock, EachSource,
                         testing::Values(TickClock::Source::tsc, TickClock::Source::clock_gettime),
                         [](const auto& source) { return std::string(to_string(source.param)); });

TEST_P(EachSource, a_duration_in_ticks_lies_between_readings_of_the_kernels_clock_inside_and_around_it) {
  const TickClock clock(GetParam());
  const std::uint64_t outer_begin = monotonic_ns();
  const std::uint64_t begin = clock.ticks();
  const std::uint64_t inner_begin = monotonic_ns();
  const timespec pause{.tv_sec = 0, .tv_nsec = 5'000'000};
  nanosleep(&pause, nullptr);
  const std::uint64_t inner_end = monotonic_ns();
  const std::uint64_t end = clock.ticks();
  const std::uint64_t outer_end = monotonic_ns();
  const auto measured = static_cast<double>(clock.elapsed_ns(begin, end));
  // A thousandth for the calibration, which is good to about a millionth on a quiet machine.
  EXPECT_GE(measured, 0.999 * static_cast<double>(inner_end - inner_begin));
  EXPECT_LE(measured, 1.001 * static_cast<double>(outer_end - outer_begin));
}

TEST_P(EachSource, nanoseconds_to_ticks_and_back_are_the_same_duration) {
  const TickClock clock(GetParam());
  for (const std::uint64_t ns :
       {std::uint64_t{1'000}, std::uint64_t{1'000'000'000}, std::uint64_t{3'600'000'000'000}}) {
    EXPECT_NEAR(static_cast<double>(clock.ticks_to_ns(clock.ns_to_ticks(ns))), static_cast<double>(ns), 2.0);
  }
}

TEST_P(EachSource, an_end_before_the_beginning_is_no_time_and_not_centuries) {
  const TickClock clock(GetParam());
  EXPECT_EQ(clock.elapsed_ns(1'000, 990), 0U);
}

TEST(Clock, a_clock_says_why_it_does_not_use_the_tsc) {
  const TickClock best;
  EXPECT_EQ(best.fallback_reason().empty(), best.source() == TickClock::Source::tsc);
  EXPECT_FALSE(TickClock(TickClock::Source::clock_gettime).fallback_reason().empty());
  EXPECT_EQ(TickClock(TickClock::Source::clock_gettime).ns_per_tick(), 1.0);
}

TEST(Clock, the_shared_clock_is_one_object) { EXPECT_EQ(&TickClock::shared(), &TickClock::shared()); }

TEST(Clock, the_instruments_cost_is_measured_and_a_timed_event_counts_two_stamps_and_a_record) {
  const InstrumentCost cost = measure_instrument_cost();
  EXPECT_GT(cost.stamp_ns, 0);
  EXPECT_GT(cost.record_ns, 0);
  EXPECT_DOUBLE_EQ(instrument_cost_ns({.stamp_ns = 10, .record_ns = 3}), 23);
}

}  // namespace
}  // namespace baton
