// The limit on buffers alive at once.
#pragma once

#include <atomic>
#include <cstdint>

#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton {

// A counter that all threads share, and therefore touched only when there is a limit. Any thread may call
// anything.
template <class P>
class BufferLimit {
 public:
  explicit BufferLimit(std::uint32_t max_buffers) noexcept : max_buffers_(max_buffers) {  // 0: no limit
    P::named(&alive_, sizeof alive_, "number of buffers alive");
  }

  [[nodiscard]] bool limited() const noexcept { return max_buffers_ != 0; }

  // False: the limit is reached.
  [[nodiscard]] bool reserve() noexcept {
    if (!limited()) {
      return true;
    }
    std::uint32_t alive = alive_.load(std::memory_order_relaxed);  // relaxed: a first guess for the exchange
    while (alive < max_buffers_) {
      // relaxed: the count guards a number, not memory. An exchange and not an addition, because one that is
      // taken back again would make others see exhaustion that is not there
      if (alive_.compare_exchange_weak(alive, alive + 1, std::memory_order_relaxed,
                                       std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }
  void unreserve() noexcept {
    if (limited()) {
      alive_.fetch_sub(1, std::memory_order_relaxed);  // relaxed: as in reserve
    }
  }

 private:
  std::uint32_t max_buffers_;
  alignas(kCacheLineBytes) typename P::template Atomic<std::uint32_t> alive_{0};
};
static_assert(alignof(BufferLimit<NativePlatform>) == kCacheLineBytes,
              "the counter would share a line with what everybody only reads");

}  // namespace baton
