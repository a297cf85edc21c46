#include "harness/net/wait.hpp"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace baton::net {

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRelaxesBeforeYield = 256;  // then the other thread may need this core

long futex(std::atomic<std::uint32_t>* word, int operation, std::uint32_t value,
           const timespec* timeout) noexcept {
  return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, timeout, nullptr, 0);
}

}  // namespace

bool Parker::wait_for(Waiting mode, std::chrono::nanoseconds timeout) noexcept {
  if (consume()) {
    return true;
  }
  if (mode == Waiting::spin) {
    const std::chrono::nanoseconds spinning = std::min<std::chrono::nanoseconds>(timeout, kMostSpinning);
    if (spin(spinning)) {
      return true;
    }
    timeout -= spinning;
  }
  return timeout.count() > 0 && park(&timeout);
}

void Parker::wait(Waiting mode) noexcept {
  if (mode == Waiting::spin && spin(kMostSpinning)) {
    return;
  }
  while (!consume() && !park(nullptr)) {
  }
}

bool Parker::spin(std::chrono::nanoseconds most) noexcept {
  const Clock::time_point deadline = Clock::now() + most;
  for (;;) {
    for (int i = 0; i < kRelaxesBeforeYield; ++i) {
      // relaxed: only a hint; consume() synchronises
      if (state_.load(std::memory_order_relaxed) == kWoken && consume()) {
        return true;
      }
      cpu_relax();
    }
    if (Clock::now() >= deadline) {
      return consume();
    }
    sched_yield();
  }
}

bool Parker::park(const std::chrono::nanoseconds* timeout) noexcept {
  std::uint32_t expected = kEmpty;
  // acquire: on failure that was a wake (1); on success relaxed would do, and g++ 12 warns of the pair.
  if (!state_.compare_exchange_strong(expected, kParked, std::memory_order_acquire,
                                      std::memory_order_acquire)) {
    return consume();
  }
  if (timeout == nullptr) {
    futex(&state_, FUTEX_WAIT, kParked, nullptr);
    return consume();
  }
  const timespec relative{.tv_sec = static_cast<time_t>(timeout->count() / 1'000'000'000),
                          .tv_nsec = static_cast<long>(timeout->count() % 1'000'000'000)};
  futex(&state_, FUTEX_WAIT, kParked, &relative);
  return consume();  // whatever ended the wait: woken, time out, signal or a stray wake
}

void Parker::wake_parked() noexcept { futex(&state_, FUTEX_WAKE, 1, nullptr); }

}  // namespace baton::net
