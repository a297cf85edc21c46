// What others did to the machine while something was measured. Pure measuring: which of it spoils a trial is
// the suite's to decide, by rules fixed in advance.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "harness/measure/calibration.hpp"
#include "harness/measure/clock.hpp"
#include "harness/measure/cpu_time.hpp"
#include "harness/measure/environment.hpp"

namespace baton {

// Watches two clocks that should advance together. One thread.
class ClockCheck {
 public:
  // Two readings of one moment. Stamps may be off by what an interruption between the readings lasts.
  void observe(std::uint64_t monotonic, std::uint64_t stamp_ns) noexcept;
  void observe(const TickClock& clock) noexcept;

  [[nodiscard]] std::uint32_t backwards() const noexcept {
    return backwards_;
  }  // readings before an earlier one
  // How much faster the stamps ran than CLOCK_MONOTONIC from the first reading to the last, in parts per
  // million; nullopt below 10 ms, where it would say nothing.
  [[nodiscard]] std::optional<double> drift_ppm() const noexcept;

 private:
  struct Reading {
    std::uint64_t monotonic = 0, stamp = 0;
  };
  std::optional<Reading> first_;
  Reading last_;
  std::uint32_t backwards_ = 0;
};

// One measured phase. Made, and called in this order, by one thread: begin, sample (any number), end.
class NoiseWatch {
 public:
  // `helpers`: processes that work for the phase too (clients, origin), so that they are not "others".
  explicit NoiseWatch(std::vector<int> helpers = {}) : helpers_(std::move(helpers)) {}

  void begin();
  void sample();  // every 0.25 s or more a look at what others use; in between only at the clocks
  void end();

  [[nodiscard]] const ClockCheck& clock() const noexcept { return clock_; }
  // others_cpu_cores, others_cpu_cores_most, steal_cores, load_average, switches, faults, clock.
  [[nodiscard]] nlohmann::json json() const;

 private:
  struct Reading {
    std::uint64_t at_ns = 0;
    std::optional<CpuTicks> all;
    CpuUsage own;
    std::uint64_t minor_faults = 0;
    std::uint64_t major_faults = 0;
  };
  [[nodiscard]] Reading read() const;

  std::vector<int> helpers_;
  ClockCheck clock_;
  Reading begin_, last_, end_;
  std::optional<double> most_;
};

// CPU time in seconds per second that others took between two readings of the machine, where `own_ns` is what
// this program took; at least 0, because the kernel's sums lag behind by up to a tick (10 ms) a CPU.
[[nodiscard]] double others_cores(const CpuTicks& before, const CpuTicks& after, std::uint64_t own_ns,
                                  double seconds) noexcept;

}  // namespace baton
