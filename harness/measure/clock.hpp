// Cheap time stamps for the measured path.
//
// Where the processor counts time at a constant rate in every power state (the invariant TSC) and the kernel
// trusts it, a stamp is one rdtsc, calibrated against CLOCK_MONOTONIC; elsewhere it is clock_gettime. rdtsc
// is not ordered with the instructions around it: a stamp may be off by some tens of instructions, which is
// below what it is used for.
#pragma once

#include <cstdint>
#include <ctime>
#include <string_view>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace baton {

// CLOCK_MONOTONIC in nanoseconds. Any thread.
[[nodiscard]] inline std::uint64_t monotonic_ns() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

// Immutable once made; any thread may call anything.
class TickClock {
 public:
  enum class Source : std::uint8_t { tsc, clock_gettime };

  // The best source this machine has. Takes about 20 ms where that is the TSC: call it before the measured
  // phase.
  TickClock();
  // Source::tsc becomes clock_gettime where the TSC cannot be used.
  explicit TickClock(Source wanted);

  // The clock of this process, made by the first call.
  [[nodiscard]] static const TickClock& shared();

  [[nodiscard]] std::uint64_t ticks() const noexcept {
#if defined(__x86_64__)
    if (source_ == Source::tsc) return __rdtsc();
#endif
    return monotonic_ns();
  }
  // A number of ticks (a difference of two stamps) in nanoseconds.
  [[nodiscard]] std::uint64_t ticks_to_ns(std::uint64_t ticks) const noexcept {
    return static_cast<std::uint64_t>(static_cast<double>(ticks) * ns_per_tick_);
  }
  [[nodiscard]] std::uint64_t ns_to_ticks(std::uint64_t ns) const noexcept {
    return static_cast<std::uint64_t>(static_cast<double>(ns) / ns_per_tick_);
  }
  // From one stamp to a later one. 0 if `to` is not later: stamps of two cores may disagree by a few ticks.
  [[nodiscard]] std::uint64_t elapsed_ns(std::uint64_t from, std::uint64_t to) const noexcept {
    return to > from ? ticks_to_ns(to - from) : 0;
  }

  [[nodiscard]] Source source() const noexcept { return source_; }
  [[nodiscard]] double ns_per_tick() const noexcept { return ns_per_tick_; }
  // Why the TSC is not used: a phrase; empty if it is.
  [[nodiscard]] std::string_view fallback_reason() const noexcept { return fallback_reason_; }

 private:
  Source source_ = Source::clock_gettime;
  double ns_per_tick_ = 1.0;
  std::string_view fallback_reason_;
};

[[nodiscard]] std::string_view to_string(TickClock::Source source) noexcept;

// What measuring costs, in nanoseconds: the median of short batches, measured on the calling thread when
// called (a few milliseconds).
struct InstrumentCost {
  double stamp_ns = 0;   // one TickClock::ticks()
  double record_ns = 0;  // one Histogram::record() of a duration between two stamps, without the stamps
};
[[nodiscard]] InstrumentCost measure_instrument_cost(const TickClock& clock = TickClock::shared());

// One timed event: two stamps and one record.
[[nodiscard]] inline double instrument_cost_ns(const InstrumentCost& cost) noexcept {
  return 2 * cost.stamp_ns + cost.record_ns;
}

}  // namespace baton
