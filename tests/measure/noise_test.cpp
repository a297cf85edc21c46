#include "harness/measure/noise.hpp"

#include <gmock/gmock.h>
#include <sched.h>
#include <unistd.h>

#include <cstdint>

namespace baton {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

TEST(ClockCheck, sees_a_clock_that_goes_backwards) {
  ClockCheck check;
  check.observe(100, 100);
  check.observe(200, 200);
  EXPECT_EQ(check.backwards(), 0U);
  check.observe(150, 250);
  EXPECT_EQ(check.backwards(), 1U) << "the kernel's clock";
  check.observe(300, 240);
  EXPECT_EQ(check.backwards(), 2U) << "the time stamps";
  check.observe(300, 240);
  EXPECT_EQ(check.backwards(), 2U) << "standing still is not going back";
}

TEST(ClockCheck, tells_how_much_faster_the_stamps_run) {
  ClockCheck check;
  check.observe(5 * kSecond, 1'000);
  EXPECT_EQ(check.drift_ppm(), std::nullopt) << "one reading is no duration";
  check.observe(6 * kSecond, 1'000 + kSecond + 50'000);
  ASSERT_TRUE(check.drift_ppm());
  EXPECT_NEAR(*check.drift_ppm(), 50, 0.001);
}

TEST(ClockCheck, of_this_machine_runs_forwards) {
  ClockCheck check;
  for (int i = 0; i < 100'000; ++i) check.observe(TickClock::shared());
  EXPECT_EQ(check.backwards(), 0U);
}

TEST(OthersCores, are_what_was_busy_less_ones_own) {
  const auto ticks = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  const CpuTicks before{.busy = 1000, .idle = 50, .steal = 0};
  const CpuTicks after{.busy = 1000 + 3 * ticks, .idle = 60, .steal = 0};
  EXPECT_NEAR(others_cores(before, after, kSecond, 2.0), 1.0, 1e-9);
  EXPECT_EQ(others_cores(before, after, 5 * kSecond, 2.0), 0.0) << "more than all: the sums lag behind";
  EXPECT_EQ(others_cores(after, before, 0, 2.0), 0.0);
  EXPECT_EQ(others_cores(before, after, 0, 0), 0.0);
}

TEST(NoiseWatch, counts_this_process_as_ours) {
  NoiseWatch watch;
  watch.begin();
  const std::uint64_t end = monotonic_ns() + kSecond / 2;
  while (monotonic_ns() < end) watch.sample();
  watch.end();
  const nlohmann::json json = watch.json();
  // Whatever others do, the core this test burns is not among theirs.
  ASSERT_TRUE(json.at("others_cpu_cores").is_number()) << json;
  EXPECT_LE(json.at("others_cpu_cores").get<double>(),
            static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN)) * 1.05);
  EXPECT_TRUE(json.at("others_cpu_cores_most").is_number());
  EXPECT_TRUE(json.at("steal_cores").is_number());
  EXPECT_EQ(json.at("clock").at("backwards"), 0);
}

TEST(Calibration, measures_something_and_keeps_nothing) {
  const Calibration calibration = calibrate_machine();
  EXPECT_GT(calibration.spin_ns, 0);
  EXPECT_GT(calibration.memory_ns, 0);
  const nlohmann::json json = to_json(calibration);
  EXPECT_EQ(json.at("round_trip_cpus").size(), 2U);
  if (calibration.round_trip_ns) {
    EXPECT_NE(calibration.round_trip_from, calibration.round_trip_to);
    EXPECT_GT(*calibration.round_trip_ns, 0);
  } else {
    EXPECT_EQ(json.at("round_trip_ns"), "unavailable");
  }
}

TEST(RoundTrip, to_a_cpu_that_is_not_there_is_unavailable) {
  EXPECT_EQ(round_trip_ns(0, CPU_SETSIZE - 1), std::nullopt);
  EXPECT_EQ(round_trip_ns(CPU_SETSIZE - 1, 0), std::nullopt);
}

}  // namespace
}  // namespace baton
