// The phases of a run, set by whoever conducts it and read by every thread of the load client.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace baton::load {

// Stamps are nanoseconds of the monotonic clock. All accesses are relaxed: a stamp orders nothing, and
// threads are woken through the kernel after a change.
class LoadPhases {
 public:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  void begin_load(std::uint64_t now) noexcept { load_.store(now, std::memory_order_relaxed); }
  void begin_measure(std::uint64_t now) noexcept { begin_.store(now, std::memory_order_relaxed); }
  void end_measure(std::uint64_t now) noexcept { end_.store(now, std::memory_order_relaxed); }
  void interrupt() noexcept { interrupted_.store(true, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t load() const noexcept { return load_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t begin() const noexcept { return begin_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t end() const noexcept { return end_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool interrupted() const noexcept { return interrupted_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool measured(std::uint64_t at) const noexcept { return at >= begin() && at < end(); }

 private:
  std::atomic<std::uint64_t> load_{kNever};
  std::atomic<std::uint64_t> begin_{kNever};
  std::atomic<std::uint64_t> end_{kNever};
  std::atomic<bool> interrupted_{false};  // give up: no set-up, no drain
};

}  // namespace baton::load
