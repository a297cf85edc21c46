// Waiting of one thread for another: by a futex at once, or by spinning before that, chosen at run time (an
// axis of every measurement, because a futex wake-up costs microseconds and can hide everything else).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace baton::net {

enum class Waiting : std::uint8_t { block, spin };

// A spinning thread that has waited for so long sleeps: while there is load it never comes to that, and a
// pipeline that stands still leaves the CPU to others (sliced trials).
inline constexpr std::chrono::microseconds kMostSpinning{200};

// One thread waits, any thread wakes it. Wakes are remembered, and several before a wait count as one: the
// waiter looks at its condition again after every return.
class Parker {
 public:
  // Consumes a wake, waiting for it at most that long. False: the time ran out. Only the one waiting thread
  // may call.
  bool wait_for(Waiting mode, std::chrono::nanoseconds timeout) noexcept;
  // The same without an end, which spares the kernel a timer.
  void wait(Waiting mode) noexcept;
  // Any thread. Everything before it is seen by the waiter after its wait.
  void wake() noexcept {
    // (1) acq_rel: release pairs with (2), so that the condition is seen; costs nothing more on an exchange.
    if (state_.exchange(kWoken, std::memory_order_acq_rel) == kParked) {
      wake_parked();
    }
  }

 private:
  enum : std::uint32_t { kEmpty, kWoken, kParked };

  // (2) acquire: pairs with (1). An exchange, so that a wake that comes between look and reset is not lost.
  bool consume() noexcept { return state_.exchange(kEmpty, std::memory_order_acquire) == kWoken; }
  bool spin(std::chrono::nanoseconds most) noexcept;
  bool park(const std::chrono::nanoseconds* timeout) noexcept;  // nullptr: no end
  void wake_parked() noexcept;

  std::atomic<std::uint32_t> state_{kEmpty};
};

// Tells the processor that this is a spin loop.
inline void cpu_relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace baton::net
