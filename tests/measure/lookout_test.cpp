#include <gtest/gtest.h>
#include <sched.h>

#include <stdexcept>

#include "harness/measure/calibration.hpp"
#include "harness/measure/lookout.hpp"

namespace baton {
namespace {

TEST(Lookout, LooksAsOftenAsItIsAsked) {
  const CpuPair cpus = first_two_cpus();
  Lookout lookout(cpus);
  std::size_t seen = 0;
  for (int i = 0; i < 100; ++i) {
    const Glance glance = lookout.look();
    EXPECT_GT(glance.spin_ns, 0);
    EXPECT_GT(glance.memory_ns, 0);
    if (glance.round_trip_ns) {
      ++seen;
      EXPECT_GT(*glance.round_trip_ns, 0);
    }
  }
  if (cpus.from == cpus.to) {
    EXPECT_EQ(seen, 0U);
  }
}

TEST(Lookout, WithOneCpuThereIsNoRoundTrip) {
  const int cpu = first_two_cpus().from;
  Lookout lookout({.from = cpu, .to = cpu});
  EXPECT_FALSE(lookout.look().round_trip_ns);
  EXPECT_FALSE(lookout.look().round_trip_ns);
}

TEST(Lookout, IsMadeAndDismissedWithoutALook) { const Lookout lookout(first_two_cpus()); }

TEST(Lookout, ACpuThatIsNotThereIsAnError) {
  Lookout lookout({.from = first_two_cpus().from, .to = CPU_SETSIZE - 1});
  EXPECT_THROW(static_cast<void>(lookout.look()), std::runtime_error);
}

}  // namespace
}  // namespace baton
