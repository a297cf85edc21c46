// How many buffers a worker's own cache has.
#pragma once

#include <atomic>
#include <cstdint>

#include "strategies/platform.hpp"

namespace baton {

// Its worker writes it; others may read it meanwhile, as an approximate number (Strategy::sample).
template <class P>
class OwnCount {
 public:
  operator std::uint32_t() const noexcept {  // NOLINT(google-explicit-constructor): it is one
    return count_.load(
        std::memory_order_relaxed);  // relaxed: its own worker's, or a sampling reader's number
  }
  OwnCount& operator=(std::uint32_t n) noexcept {
    count_.store(n, std::memory_order_relaxed);  // relaxed: nobody but its worker follows it to the buffers
    return *this;
  }

 private:
  typename P::template Atomic<std::uint32_t> count_{0};
};

}  // namespace baton
