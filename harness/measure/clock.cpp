#include "harness/measure/clock.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include "harness/measure/histogram.hpp"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace baton {
namespace {

#if defined(__x86_64__)
// constant_tsc and nonstop_tsc of /proc/cpuinfo: CPUID leaf 0x80000007, EDX bit 8.
bool has_invariant_tsc() noexcept {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid(0x80000007U, &eax, &ebx, &ecx, &edx) != 0 && (edx & (1U << 8U)) != 0;
}

// The kernel removes "tsc" from its list when it has caught the counter drifting or differing between cores.
bool kernel_rejected_tsc() {
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/available_clocksource");
  const std::string names{std::istreambuf_iterator<char>(file), {}};
  return !names.empty() && names.find("tsc") == std::string::npos;
}

struct Pair {
  std::uint64_t tsc = 0;
  std::uint64_t ns = 0;
};

// Both clocks at one moment: of some attempts the one that took the shortest time between its two TSC reads.
Pair read_both() noexcept {
  Pair best;
  std::uint64_t shortest = std::numeric_limits<std::uint64_t>::max();
  for (int attempt = 0; attempt < 50; ++attempt) {
    const std::uint64_t before = __rdtsc();
    const std::uint64_t ns = monotonic_ns();
    const std::uint64_t after = __rdtsc();
    if (after - before < shortest) {
      shortest = after - before;
      best = {.tsc = before + (after - before) / 2, .ns = ns};
    }
  }
  return best;
}

// 0 if the two clocks make no sense together. 20 ms between readings good to about 20 ns: one part in a
// million.
double calibrate() noexcept {
  const Pair begin = read_both();
  const timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
  nanosleep(&pause, nullptr);
  const Pair end = read_both();
  if (end.tsc <= begin.tsc || end.ns <= begin.ns) return 0;
  const double ns_per_tick =
      static_cast<double>(end.ns - begin.ns) / static_cast<double>(end.tsc - begin.tsc);
  return ns_per_tick > 0.05 && ns_per_tick < 100 ? ns_per_tick : 0;  // 10 MHz to 20 GHz
}
#endif

// The median over batches of what one call costs; a batch that was interrupted does not move it.
template <class Call>
double median_cost_ns(Call call) {
  constexpr std::size_t kBatches = 101;
  constexpr unsigned kCalls = 200;
  std::array<double, kBatches> costs{};
  for (double& cost : costs) {
    const std::uint64_t begin = monotonic_ns();
    for (unsigned i = 0; i < kCalls; ++i) {
      call(i);
    }
    cost = static_cast<double>(monotonic_ns() - begin) / kCalls;
  }
  auto* const middle = costs.begin() + kBatches / 2;
  std::nth_element(costs.begin(), middle, costs.end());
  return *middle;
}

}  // namespace

TickClock::TickClock() : TickClock(Source::tsc) {}

TickClock::TickClock(Source wanted) {
  if (wanted == Source::clock_gettime) {
    fallback_reason_ = "clock_gettime was asked for";
    return;
  }
#if defined(__x86_64__)
  if (!has_invariant_tsc()) {
    fallback_reason_ = "the processor's TSC is not invariant (constant_tsc and nonstop_tsc)";
  } else if (kernel_rejected_tsc()) {
    fallback_reason_ = "the kernel does not list the TSC as an available clock source";
  } else if (const double ns_per_tick = calibrate(); ns_per_tick == 0) {
    fallback_reason_ = "the TSC and CLOCK_MONOTONIC do not advance together";
  } else {
    source_ = Source::tsc;
    ns_per_tick_ = ns_per_tick;
  }
#else
  fallback_reason_ = "this processor is not x86-64";
#endif
}

const TickClock& TickClock::shared() {
  static const TickClock clock;
  return clock;
}

std::string_view to_string(TickClock::Source source) noexcept {
  return source == TickClock::Source::tsc ? "tsc" : "clock_gettime";
}

InstrumentCost measure_instrument_cost(const TickClock& clock) {
  Histogram histogram;
  InstrumentCost cost;
  std::uint64_t sink = 0;
  cost.stamp_ns = median_cost_ns([&](unsigned) { sink += clock.ticks(); });
  cost.record_ns =
      median_cost_ns([&](unsigned i) { histogram.record(clock.elapsed_ns(sink, sink + 1000U * i)); });
  return cost;
}

}  // namespace baton
