#include "harness/measure/cpu_time.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <thread>

namespace baton {
namespace {

constexpr std::uint64_t kWork = 30'000'000;  // ns; three times the coarsest clock read here

std::uint64_t exact_thread_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

// Computes until this thread has used that much CPU time, however long that takes.
void use_cpu(std::uint64_t ns) {
  const std::uint64_t end = exact_thread_ns() + ns;
  while (exact_thread_ns() < end) {
  }
}

TEST(CpuTime, a_threads_work_is_counted_and_another_threads_is_not) {
  const CpuUsage before = this_thread_usage();
  use_cpu(kWork);
  const std::uint64_t mine = (this_thread_usage() - before).total_ns();
  EXPECT_GE(mine, kWork - 1'000'000);
  const CpuUsage again = this_thread_usage();
  std::thread([] { use_cpu(kWork); }).join();
  EXPECT_LT((this_thread_usage() - again).total_ns(), kWork);
}

TEST(CpuTime, a_processs_work_contains_that_of_threads_that_ended) {
  const CpuUsage before = this_process_usage();
  std::thread([] { use_cpu(kWork); }).join();
  EXPECT_GE((this_process_usage() - before).total_ns(), kWork - 1'000'000);
}

TEST(CpuTime, a_process_can_be_asked_from_outside_by_its_number) {
  use_cpu(kWork);
  const auto outside = process_usage(getpid());
  ASSERT_TRUE(outside.has_value());
  EXPECT_GE(outside->total_ns(), kWork - 20'000'000)
      << "a clock tick for each of user and system may be missing";
  EXPECT_LE(outside->total_ns(), this_process_usage().total_ns() + 20'000'000);
  EXPECT_FALSE(process_usage(0x7ffffffe).has_value());
}

TEST(CpuTime, a_wait_is_a_voluntary_switch) {
  const CpuUsage before = this_thread_usage();
  const CpuUsage outside_before = process_usage(0).value();
  const timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000};
  for (int i = 0; i < 5; ++i) nanosleep(&pause, nullptr);
  EXPECT_GE((this_thread_usage() - before).voluntary_switches, 5U);
  EXPECT_GE((process_usage(0).value() - outside_before).voluntary_switches, 5U);
}

TEST(CpuTime, differences_and_sums_are_taken_field_by_field_and_never_below_zero) {
  const CpuUsage earlier{.user_ns = 10, .system_ns = 5, .voluntary_switches = 3, .involuntary_switches = 1};
  const CpuUsage later{.user_ns = 40, .system_ns = 4, .voluntary_switches = 4, .involuntary_switches = 9};
  const CpuUsage expected{.user_ns = 30, .system_ns = 0, .voluntary_switches = 1, .involuntary_switches = 8};
  EXPECT_EQ(later - earlier, expected);
  CpuUsage sum = earlier;
  sum += expected;
  EXPECT_EQ(sum,
            (CpuUsage{.user_ns = 40, .system_ns = 5, .voluntary_switches = 4, .involuntary_switches = 9}));
}

TEST(CpuTime, a_record_has_it_in_seconds) {
  const nlohmann::json json = to_json(CpuUsage{.user_ns = 1'500'000'000,
                                               .system_ns = 500'000'000,
                                               .voluntary_switches = 7,
                                               .involuntary_switches = 2});
  EXPECT_EQ(json, (nlohmann::json{{"total_s", 2.0},
                                  {"user_s", 1.5},
                                  {"system_s", 0.5},
                                  {"voluntary_switches", 7},
                                  {"involuntary_switches", 2}}));
}

}  // namespace
}  // namespace baton
