// Making and freeing conn buffers: the one place where a strategy meets the allocator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "strategies/conn_buffer.hpp"
#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"
#include "strategies/support/buffer_limit.hpp"
#include "strategies/support/size_setting.hpp"

namespace baton {

// The header of a buffer from a store. It has the cache line in front of the storage to itself: links and
// stamps never lie in bytes that a late reader may still read, nor on a line that the payload dirties.
template <class P>
struct StoredBuffer : ConnBuffer {
  typename P::template Plain<StoredBuffer*> next{nullptr};  // while on a list
  std::uint32_t held_bytes =
      0;                   // what it counts for in footprints: the capacity, or the whole workspace around it
  std::uint32_t home = 0;  // for the strategy's use: where the buffer belongs
  std::uint32_t slack = 0;  // bytes between what the platform gave and the header
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
  explicit BufferStore(std::uint32_t max_buffers) noexcept : limit_(max_buffers) {}

  // An empty buffer stamped with size.generation; held_bytes >= size.bytes. nullptr: the limit is reached,
  // or no memory.
  template <class Tally>
  [[nodiscard]] Header* make(SizeStamp size, std::uint32_t held_bytes, Tally& tally) noexcept {
    if (!limit_.reserve()) {
      return nullptr;
    }
    constexpr std::size_t kSlack = kCacheLineBytes - 1;
    const std::size_t bytes = kSlack + kCacheLineBytes + held_bytes + P::kGuardBytes;
    void* const memory = P::allocate(bytes);
    if (memory == nullptr) {
      limit_.unreserve();
      return nullptr;
    }
    void* place = memory;
    std::size_t room = bytes;
    std::align(kCacheLineBytes, kCacheLineBytes, place, room);  // cannot fail: the slack is in `bytes`
    auto* const header = ::new (place) Header;
    header->storage = static_cast<char*>(place) + kCacheLineBytes;
    P::named(place, kCacheLineBytes, "buffer header");
    P::named(header->storage, held_bytes, "buffer storage");
    header->capacity = size.bytes;
    header->generation = size.generation;
    header->slack = static_cast<std::uint32_t>(bytes - room);
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
    const std::uint32_t slack = buffer->slack;
    std::destroy_at(buffer);
    P::deallocate(reinterpret_cast<char*>(buffer) - slack);
    limit_.unreserve();
  }

  [[nodiscard]] bool limited() const noexcept { return limit_.limited(); }

 private:
  BufferLimit<P> limit_;
};

}  // namespace baton
