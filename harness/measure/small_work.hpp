// The pieces of work that calibrations repeat and time (calibration.hpp, lookout.hpp).
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "harness/measure/clock.hpp"

namespace baton::small_work {

// Keeps the compiler from leaving out what leads to the value.
inline void use(std::uint64_t value) noexcept { asm volatile("" : : "r"(value) : "memory"); }

// An interruption does not move the median; what lasts does.
template <std::size_t N>
double median(std::array<double, N>& values) {
  auto* const middle = values.begin() + N / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Dependent multiplications: the clock frequency, and who else has the core. Nanoseconds for a thousand.
inline double spin(unsigned thousands) noexcept {
  std::uint64_t value = 1;
  const std::uint64_t begin = monotonic_ns();
  for (unsigned i = 0; i < thousands * 1000; ++i) {
    value = value * 6364136223846793005U + 1442695040888963407U;
    use(value);
  }
  return static_cast<double>(monotonic_ns() - begin) / thousands;
}

// 4 MiB of lines that lead from one to the next in an order no prefetcher knows. In pages of its own, so that
// the process's allocator sees nothing of it. Throws std::system_error if there is no memory.
class MemoryChase {
 public:
  MemoryChase()
      : memory_(::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    for (std::size_t i = 0; i < kLines; ++i) {
      // A full-period linear congruential generator: one cycle through all lines.
      lines()[i].next = static_cast<std::uint32_t>((i * 20'077U + 12'345U) % kLines);
    }
  }
  MemoryChase(const MemoryChase&) = delete;
  MemoryChase& operator=(const MemoryChase&) = delete;
  ~MemoryChase() { ::munmap(memory_, kBytes); }

  // Goes on where it stopped. Nanoseconds a load.
  double run(unsigned loads) noexcept {
    const std::uint64_t begin = monotonic_ns();
    for (unsigned i = 0; i < loads; ++i) at_ = lines()[at_].next;
    use(at_);
    return static_cast<double>(monotonic_ns() - begin) / loads;
  }

 private:
  struct alignas(64) Line {
    std::uint32_t next;
  };
  static constexpr std::size_t kLines = std::size_t{1} << 16U;
  static constexpr std::size_t kBytes = kLines * sizeof(Line);
  [[nodiscard]] Line* lines() const noexcept { return static_cast<Line*>(memory_); }

  void* memory_;
  std::uint32_t at_ = 0;
};

// A line that two threads hand to and fro: odd numbers are the one's words, even ones the other's. Release
// and acquire, so that what a side did before its word is seen by the side that waited for it.
struct alignas(128) RallyLine {
  static constexpr std::uint64_t kOver = ~std::uint64_t{0};
  std::atomic<std::uint64_t> word{0};

  // Waits until the word is `wanted`; false when the other has given up or `end` (monotonic_ns) has passed.
  // No pause between looks: the time until the line arrives is what is measured.
  [[nodiscard]] bool wait_for(std::uint64_t wanted, std::uint64_t end) const noexcept {
    for (unsigned looks = 1;; ++looks) {
      const std::uint64_t now = word.load(std::memory_order_acquire);
      if (now == wanted) return true;
      if (now == kOver) return false;
      if (looks % 4096 == 0 && monotonic_ns() > end) return false;
    }
  }
  // Answers until it is over or `end` has passed.
  void answer(std::uint64_t end) noexcept {
    for (std::uint64_t wanted = 1; wait_for(wanted, end); wanted += 2) {
      word.store(wanted + 1, std::memory_order_release);
    }
  }
  // One trip to the other side and back; `last`: the word of the trip before, 0 for the first.
  [[nodiscard]] bool trip(std::uint64_t& last, std::uint64_t end) noexcept {
    word.store(last + 1, std::memory_order_release);
    last += 2;
    return wait_for(last, end);
  }
  void over() noexcept { word.store(kOver, std::memory_order_release); }
};

// Pins the calling thread; false if the CPU cannot be had.
bool pin_this_thread(int cpu) noexcept;

}  // namespace baton::small_work
