// A calibration short enough to be taken before every turn of a trial: the same three figures as
// calibration.hpp in some hundred microseconds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "harness/measure/calibration.hpp"

namespace baton {

// The machine at one moment, nanoseconds.
struct Glance {
  double spin_ns = 0;    // 1000 dependent multiplications
  double memory_ns = 0;  // one dependent load from 4 MiB in random order
  // A cache line to the other CPU and back; nothing with one CPU, or when the other had no time for us.
  std::optional<double> round_trip_ns;
};

// Looks from two CPUs. Its threads are pinned there and sleep between looks. Made, used and destroyed by one
// thread.
class Lookout {
 public:
  // The same CPU twice: there is no other. Throws std::system_error if there is no thread or no memory.
  explicit Lookout(CpuPair cpus);
  Lookout(const Lookout&) = delete;
  Lookout& operator=(const Lookout&) = delete;
  ~Lookout();

  // Throws std::runtime_error if a CPU could not be had.
  [[nodiscard]] Glance look();

 private:
  class Crew;
  std::unique_ptr<Crew> crew_;
};

}  // namespace baton
