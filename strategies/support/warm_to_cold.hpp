// A worker's own unused buffers, of which it uses the warmest and gives the coldest away.
#pragma once

#include <cstdint>
#include <utility>

#include "strategies/parameters.hpp"
#include "strategies/support/own_count.hpp"
#include "strategies/support/sharded_list.hpp"

namespace baton {

// Doubly linked. Only its worker touches it.
template <class P>
struct alignas(kCacheLineBytes) WarmToCold {
  using Buffer = ClusteredBuffer<P>;
  OwnCount<P> count;
  Buffer* warmest = nullptr;
  Buffer* coldest = nullptr;

  WarmToCold() noexcept { P::named(this, sizeof *this, "own supply"); }
  [[nodiscard]] std::uint32_t size() const noexcept { return count; }
  void push(Buffer* buffer) noexcept {
    buffer->warmer = nullptr;
    buffer->next = warmest;
    if (warmest != nullptr) {
      warmest->warmer = buffer;
    } else {
      coldest = buffer;
    }
    warmest = buffer;
    count = count + 1;
  }
  // Not empty, both.
  [[nodiscard]] Buffer* pop_warmest() noexcept {
    Buffer* const buffer = std::exchange(warmest, warmest->colder());
    if (warmest != nullptr) {
      warmest->warmer = nullptr;
    }
    count = count - 1;
    return buffer;
  }
  // Up to n of the coldest, linked by next from the coldest but n - 1 on.
  [[nodiscard]] Buffer* pop_coldest(std::uint32_t n) noexcept {
    Buffer* first = coldest;
    std::uint32_t taken = 1;
    for (; taken < n && first != warmest; ++taken) {
      first = first->warmer;
    }
    if (first == warmest) {
      warmest = nullptr;
    } else {
      coldest = first->warmer;
      coldest->next = nullptr;
    }
    first->cluster = taken;
    count = count - taken;
    return first;
  }
  [[nodiscard]] Holding holding() const noexcept {
    Holding sum;
    std::uint32_t left = count;
    for (const Buffer* buffer = warmest; left != 0; --left, buffer = buffer->colder()) {
      sum += {1, buffer->held_bytes};
    }
    return sum;
  }
};

}  // namespace baton
