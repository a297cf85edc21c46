#include "harness/measure/calibration.hpp"

#include <sched.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "harness/measure/small_work.hpp"
#include "harness/measure/unavailable.hpp"

namespace baton {

double spin_ns() noexcept {
  std::array<double, 15> costs{};
  for (double& cost : costs) cost = small_work::spin(60);
  return small_work::median(costs);
}

double memory_ns() {
  small_work::MemoryChase chase;
  std::array<double, 15> costs{};
  for (double& cost : costs) cost = chase.run(2'000);
  return small_work::median(costs);
}

CpuPair first_two_cpus() noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (::sched_getaffinity(0, sizeof mask, &mask) != 0) return {};
  int first = -1;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(static_cast<std::size_t>(cpu), &mask)) continue;
    if (first >= 0) return {.from = first, .to = cpu};
    first = cpu;
  }
  return {.from = std::max(first, 0), .to = std::max(first, 0)};
}

Calibration calibrate_machine() {
  const CpuPair pair = first_two_cpus();
  Calibration calibration{.spin_ns = spin_ns(),
                          .memory_ns = memory_ns(),
                          .round_trip_ns = {},
                          .round_trip_from = pair.from,
                          .round_trip_to = pair.to};
  if (pair.from != pair.to) calibration.round_trip_ns = round_trip_ns(pair.from, pair.to);
  return calibration;
}

nlohmann::json to_json(const Calibration& calibration) {
  return {{"spin_ns", calibration.spin_ns},
          {"memory_ns", calibration.memory_ns},
          {"round_trip_ns", or_unavailable(calibration.round_trip_ns)},
          {"round_trip_cpus", {calibration.round_trip_from, calibration.round_trip_to}}};
}

}  // namespace baton
