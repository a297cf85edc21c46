// Making and freeing conn buffers: the one place where a strategy meets the allocator.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "strategies/conn_buffer.hpp"
#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"
#include "strategies/support/size_setting.hpp"

namespace baton {

// The header of a buffer from a store. It has the cache line in front of the storage to itself: links and
// stamps never lie in bytes that a late reader may still read, nor on a line that the payload dirties.
template <class P>
struct StoredBuffer : ConnBuffer {
  void* memory = nullptr;                                   // what the platform gave
  typename P::template Plain<StoredBuffer*> next{nullptr};  // while on a list
  std::uint32_t held_bytes =
      0;                   // what it counts for in footprints: the capacity, or the whole workspace around it
  std::uint32_t home = 0;  // for the strategy's use: where the buffer belongs
};

// One allocation per buffer, not zeroed:
//
//   memory     header (64 bytes)   storage, 64-byte aligned
//   | slack | StoredBuffer ...... | capacity bytes ... | kGuardBytes | rest of a workspace, if any |
//
// Aligned by hand within a plain allocation, so that what is measured is malloc's fast path and not
// aligned_alloc's. Any thread may call anything; the tally is the caller's own (tally.hpp).
template <class P, class Header = StoredBuffer<P>>
class BufferStore {
  static_assert(sizeof(Header) <= kCacheLineBytes, "the header would reach into the storage");

 public:
  explicit BufferStore(std::uint32_t max_buffers) noexcept : max_buffers_(max_buffers) {}

  // An empty buffer stamped with size.generation; held_bytes >= size.bytes. nullptr: the limit is reached, or
  // no memory.
  template <class Tally>
  [[nodiscard]] Header* make(SizeStamp size, std::uint32_t held_bytes, Tally& tally) noexcept {
    if (!reserve()) {
      return nullptr;
    }
    constexpr std::size_t kSlack = kCacheLineBytes - 1;
    const std::size_t bytes = kSlack + kCacheLineBytes + held_bytes + P::kGuardBytes;
    void* const memory = P::allocate(bytes);
    if (memory == nullptr) {
      unreserve();
      return nullptr;
    }
    void* place = memory;
    std::size_t room = bytes;
    std::align(kCacheLineBytes, kCacheLineBytes, place, room);  // cannot fail: the slack is in `bytes`
    auto* const header = ::new (place) Header;
    header->storage = static_cast<char*>(place) + kCacheLineBytes;
    header->capacity = size.bytes;
    header->generation = size.generation;
    header->memory = memory;
    header->held_bytes = held_bytes;
    tally.created(held_bytes);
    return header;
  }
  template <class Tally>
  [[nodiscard]] Header* make(SizeStamp size, Tally& tally) noexcept {
    return make(size, size.bytes, tally);
  }

  template <class Tally>
  void destroy(Header* buffer, Tally& tally) noexcept {
    tally.destroyed(buffer->held_bytes);
    void* const memory = buffer->memory;
    std::destroy_at(buffer);
    P::deallocate(memory);
    unreserve();
  }

  [[nodiscard]] bool limited() const noexcept { return max_buffers_ != 0; }

 private:
  bool reserve() noexcept {
    if (!limited()) {
      return true;  // and no shared counter is touched
    }
    std::uint32_t alive =
        alive_.load(std::memory_order_relaxed);  // relaxed: only a first guess for the exchange
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

  std::uint32_t max_buffers_;
  alignas(kCacheLineBytes) typename P::template Atomic<std::uint32_t> alive_{0};  // used only when limited
};
static_assert(alignof(BufferStore<NativePlatform>) == kCacheLineBytes,
              "the limit's counter is written by everybody");

}  // namespace baton
