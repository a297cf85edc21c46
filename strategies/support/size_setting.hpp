// The buffer size in force, and how a buffer of an earlier size is known.
#pragma once

#include <atomic>
#include <cstdint>

#include "strategies/parameters.hpp"

namespace baton {

struct SizeStamp {
  static constexpr std::uint32_t kFirst = 1;  // 0 is of no setting

  std::uint32_t bytes;       // of storage
  std::uint32_t generation;  // kFirst, and one more with every change, so that A to B to A is seen
};

// Bytes and generation in one word, so that no thread ever sees the size of one setting with the stamp of
// another. Any thread may call anything. On a cache line of its own, because every worker reads it often.
template <class P>
class SizeSetting {
 public:
  explicit SizeSetting(std::uint32_t bytes) noexcept : word_(pack({bytes, SizeStamp::kFirst})) {
    P::named(&word_, sizeof word_, "size in force");
  }

  [[nodiscard]] SizeStamp load() const noexcept {
    // relaxed: the word says all there is to know; nothing else is published with it
    return unpack(word_.load(std::memory_order_relaxed));
  }

  // bytes > 0. Setting the size that is already in force changes nothing.
  void set(std::uint32_t bytes) noexcept {
    std::uint64_t seen =
        word_.load(std::memory_order_relaxed);  // relaxed: only a first guess for the exchange
    while (unpack(seen).bytes != bytes) {
      const std::uint64_t wanted = pack({bytes, unpack(seen).generation + 1});
      // relaxed: as in load; the exchange is there so that two callers do not make the same generation
      if (word_.compare_exchange_weak(seen, wanted, std::memory_order_relaxed, std::memory_order_relaxed)) {
        return;
      }
    }
  }

 private:
  static constexpr std::uint64_t pack(SizeStamp size) noexcept {
    return (std::uint64_t{size.generation} << 32U) | size.bytes;
  }
  static constexpr SizeStamp unpack(std::uint64_t word) noexcept {
    return {static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32U)};
  }

  alignas(kCacheLineBytes) typename P::template Atomic<std::uint64_t> word_;
};

}  // namespace baton
