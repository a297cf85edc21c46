// Small pieces of work whose cost should not change: when it does, the machine did. What a trial's figures
// are worth is judged by such evidence from right before and right after it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

namespace baton {

// Nanoseconds. Each takes a few milliseconds of the calling thread and keeps no memory.
struct Calibration {
  double spin_ns = 0;  // 1000 dependent multiplications: the clock frequency, and who else has the core
  double memory_ns =
      0;  // one dependent load from 4 MiB in random order: caches and memory, and who else uses them
  std::optional<double> round_trip_ns;  // a cache line to another CPU and back; nothing with one CPU, or when
                                        // the two threads never ran at the same time
  int round_trip_from = 0;              // the two CPUs; equal if there is one
  int round_trip_to = 0;
};

// All three, about 10 ms. The calling thread's affinity is not changed. Throws std::system_error if there is
// no memory or no thread.
[[nodiscard]] Calibration calibrate_machine();

[[nodiscard]] double spin_ns() noexcept;
[[nodiscard]] double memory_ns();

// The median of batches of round trips between two threads pinned to these CPUs, at most about 15 ms. nullopt
// if a thread could not be pinned there, or they were hardly ever running both.
[[nodiscard]] std::optional<double> round_trip_ns(int from, int to);

// The first two CPUs this process may run on (the same twice if there is one).
struct CpuPair {
  int from = 0;
  int to = 0;
};
[[nodiscard]] CpuPair first_two_cpus() noexcept;

[[nodiscard]] nlohmann::json to_json(const Calibration& calibration);

}  // namespace baton
