// Puts running workers to sleep in the middle of an acquire (faults.preempt_per_s), as a scheduler or a
// hypervisor does to whoever happens to hold a lock: what do the others do meanwhile?
//
// Each client worker's thread (fetch workers take, and do not acquire) has a timer that sends it a signal.
// The signal's handler sleeps, if it finds the thread in an acquire (AcquireMark); else it tries again in
// some microseconds, and as long as the thread acquires at all. So whatever an acquire does can be hit: a
// mutex, a spin lock, malloc's own lock, a compare-and-swap. The acquire that was hit is not in the
// histogram: those that waited for it are.
#pragma once

#include <chrono>
#include <cstdint>

#include "harness/trial/config.hpp"

namespace baton::trial {

class Preemption {
 public:
  explicit Preemption(const TrialConfig& config);
  // On a client worker's thread: from now on until its end. Throws std::system_error if it can have no timer.
  void begin_on_this_thread() const;
  // Threads put to sleep so far, in this process.
  [[nodiscard]] static std::uint64_t happened() noexcept;

 private:
  std::chrono::nanoseconds between_;  // of one worker, on average; 0: never
  std::chrono::nanoseconds sleep_;    // on average: half as long to half as long again
  std::uint64_t seed_;
};

}  // namespace baton::trial
