// A worker's own unused buffers in an array, the coldest first.
#pragma once

#include <array>
#include <cstdint>

#include "strategies/parameters.hpp"
#include "strategies/support/buffer_store.hpp"
#include "strategies/support/own_count.hpp"

namespace baton {

// All of the size its worker has seen. Only its worker touches it.
template <class P, std::uint32_t kSlots, class Header = StoredBuffer<P>>
class alignas(kCacheLineBytes) OwnArray {
 public:
  OwnArray() noexcept { P::named(this, sizeof *this, "own supply"); }

  [[nodiscard]] std::uint32_t size() const noexcept { return count_; }
  // nullptr if empty.
  [[nodiscard]] Header* pop() noexcept {
    const std::uint32_t n = count_;
    if (n == 0) [[unlikely]] {
      return nullptr;
    }
    count_ = n - 1;
    return slots_[n - 1];
  }
  // False if it has `most` already, which is less than kSlots or equal.
  [[nodiscard]] bool push(Header* buffer, std::uint32_t most = kSlots) noexcept {
    const std::uint32_t n = count_;
    if (n >= most) [[unlikely]] {
      return false;
    }
    slots_[n] = buffer;
    count_ = n + 1;
    return true;
  }
  [[nodiscard]] Header* at(std::uint32_t i) const noexcept { return slots_[i]; }
  // The first n, which have gone elsewhere.
  void drop_coldest(std::uint32_t n) noexcept {
    const std::uint32_t left = count_ - n;
    for (std::uint32_t i = 0; i < left; ++i) {
      slots_[i] = static_cast<Header*>(slots_[i + n]);
    }
    count_ = left;
  }
  // Exact, so only for a quiet worker.
  [[nodiscard]] Holding holding() const noexcept {
    Holding sum;
    for (std::uint32_t i = 0; i < count_; ++i) {
      sum += {1, at(i)->held_bytes};
    }
    return sum;
  }

 private:
  OwnCount<P> count_;
  std::array<typename P::template Plain<Header*>, kSlots> slots_{};
};

}  // namespace baton
