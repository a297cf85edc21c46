#include "harness/measure/perf_counters.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <ctime>
#include <thread>

namespace baton {
namespace {

std::optional<std::uint64_t> at(const CounterValues& values, Counter counter) {
  return values[static_cast<std::size_t>(counter)];
}

constexpr std::size_t kPage = 4096;
constexpr std::size_t kPages = 500;

// Touches fresh pages one by one: a fault each, if they are not made huge.
void fault() {
  void* const memory =
      mmap(nullptr, kPages * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  madvise(memory, kPages * kPage, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < kPages; ++i) static_cast<volatile char*>(memory)[i * kPage] = 1;
  munmap(memory, kPages * kPage);
}

TEST(PerfCounters, a_counter_has_a_value_or_a_reason_why_not) {
  const PerfCounters counters;
  const CounterValues values = counters.read();
  for (std::size_t i = 0; i < kCounters; ++i) {
    const auto counter = static_cast<Counter>(i);
    if (!values[i]) {
      EXPECT_NE(counters.reason(counter), "") << to_string(counter);
    } else {
      EXPECT_EQ(counters.reason(counter), "") << to_string(counter);
    }
  }
}

TEST(PerfCounters, what_is_not_wanted_is_not_opened) {
  const PerfCounters counters(PerfCounters::Wanted::no);
  for (const auto& value : counters.read()) EXPECT_FALSE(value.has_value());
  EXPECT_EQ(counters.reason(Counter::page_faults), "not asked for");
}

TEST(PerfCounters, threads_made_later_are_counted) {
  const PerfCounters counters;
  const CounterValues before = counters.read();
  if (!at(before, Counter::page_faults)) GTEST_SKIP() << counters.reason(Counter::page_faults);
  std::thread(fault).join();
  const auto faults = at(difference(counters.read(), before), Counter::page_faults);
  ASSERT_TRUE(faults.has_value());
  EXPECT_GE(*faults, kPages);
}

TEST(PerfCounters, a_thread_that_waits_is_switched) {
  const PerfCounters counters;
  const CounterValues before = counters.read();
  if (!at(before, Counter::context_switches)) GTEST_SKIP() << counters.reason(Counter::context_switches);
  const timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000};
  for (int i = 0; i < 5; ++i) nanosleep(&pause, nullptr);
  EXPECT_GE(at(difference(counters.read(), before), Counter::context_switches).value(), 5U);
}

TEST(PerfCounters, what_one_reading_lacks_is_unavailable_in_the_difference_and_in_a_record) {
  CounterValues earlier;
  CounterValues later;
  earlier[0] = 10;
  later[0] = 15;
  later[1] = 7;
  earlier[2] = 9;
  later[2] = 8;
  const nlohmann::json json = to_json(difference(later, earlier));
  EXPECT_EQ(json["cycles"], 5);
  EXPECT_EQ(json["instructions"], "unavailable");
  EXPECT_EQ(json["cache_misses"], 0) << "a scaled value may run backwards a little";
  EXPECT_EQ(json.size(), kCounters);
}

}  // namespace
}  // namespace baton
