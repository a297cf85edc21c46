// Where peers and prototypes get their buffers from, so that all differ in nothing but what they keep unused
// ones in.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <unordered_set>
#include <vector>

#include "bench/primitives/contender.hpp"
#include "strategies/parameters.hpp"

namespace baton::primitives {

// The layout of the strategies' buffers: a header with a cache line to itself, aligned, and the storage
// behind.
inline constexpr std::size_t kBlockBytes = 2 * kCacheLineBytes - 1 + kBufferBytes;

// Makes a Header and its storage in `memory`, kBlockBytes of it.
template <class Header>
Header* construct_in(void* memory) noexcept {
  static_assert(sizeof(Header) <= kCacheLineBytes);
  void* place = memory;
  std::size_t room = kBlockBytes;
  std::align(kCacheLineBytes, kCacheLineBytes, place, room);
  auto* const header = ::new (place) Header;
  header->storage = static_cast<char*>(place) + kCacheLineBytes;
  header->capacity = kBufferBytes;
  return header;
}

// Makes buffers on demand and frees them when it dies. Any thread may call make.
template <class Header = ConnBuffer>
class Depot {
 public:
  Depot() = default;
  Depot(const Depot&) = delete;
  Depot& operator=(const Depot&) = delete;
  ~Depot() {
    for (void* const block : blocks_) {
      std::free(block);
    }
  }
  [[nodiscard]] Header* make() {
    void* const memory = std::malloc(kBlockBytes);
    if (memory == nullptr) {
      return nullptr;
    }
    const std::lock_guard lock(mutex_);
    blocks_.push_back(memory);
    return construct_in<Header>(memory);
  }
  // How many of those made `next_parked`, which gives nullptr at the end, does not give.
  template <class NextParked>
  [[nodiscard]] std::size_t missing(NextParked next_parked) const {
    std::unordered_set<const ConnBuffer*> parked;
    while (const ConnBuffer* const buffer = next_parked()) {
      parked.insert(buffer);
    }
    return blocks_.size() - parked.size();
  }

 private:
  std::mutex mutex_;
  std::vector<void*> blocks_;
};

}  // namespace baton::primitives
