// A worker's place for one unused buffer.
#pragma once

#include <atomic>
#include <cstdint>

#include "strategies/parameters.hpp"
#include "strategies/support/buffer_store.hpp"

namespace baton {

// Only its worker uses it.
template <class P>
class alignas(kCacheLineBytes) OwnPlace {
 public:
  OwnPlace() noexcept { P::named(this, sizeof *this, "own supply"); }
  [[nodiscard]] StoredBuffer<P>* get() const noexcept {
    return place_.load(std::memory_order_relaxed);  // relaxed: its own worker's, or a sampling reader's
  }
  void set(StoredBuffer<P>* buffer) noexcept {
    place_.store(buffer, std::memory_order_relaxed);  // relaxed: nobody but its worker follows it
  }
  [[nodiscard]] std::uint32_t size() const noexcept { return get() != nullptr ? 1 : 0; }
  [[nodiscard]] Holding holding() const noexcept {
    return get() != nullptr ? Holding{1, get()->held_bytes} : Holding{};
  }

 private:
  typename P::template Atomic<StoredBuffer<P>*> place_{nullptr};
};

}  // namespace baton
