// Nodes that are known by an index and never move or die before the table does.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "strategies/conn_buffer.hpp"
#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton {

// The header of a conn buffer, apart from its storage: a late pop may still read `next` after the storage
// was freed.
template <class P>
struct alignas(kCacheLineBytes) StackNode : ConnBuffer {
  void* memory = nullptr;  // what the platform gave for the storage; nullptr: the node has none now
  std::uint32_t held_bytes = 0;
  std::uint32_t index = 0;  // in the table
  typename P::template Atomic<std::uint32_t> next{0};
};
static_assert(sizeof(StackNode<NativePlatform>) == kCacheLineBytes,
              "a node is one line, shared with no other node");

// How large a table of nodes is. The model checker's is tiny, so that it explores how a table grows.
template <class P>
struct NodeTableShape {
  static constexpr std::uint32_t kSegmentNodes = 256;
  static constexpr std::uint32_t kSegments = 4096;
};

// Any thread may call anything. Grows by segments, which live as long as the table.
template <class P>
class NodeTable {
 public:
  using Node = StackNode<P>;

  NodeTable() noexcept { P::named(this, sizeof *this, "node table"); }
  NodeTable(const NodeTable&) = delete;
  NodeTable& operator=(const NodeTable&) = delete;
  ~NodeTable() {
    for (auto& slot : segments_) {
      // relaxed: whoever destroys the table has synchronised with all its users
      if (Segment* const segment = slot.load(std::memory_order_relaxed)) {
        free(segment);
      }
    }
  }

  // A node that nobody has; nullptr: no memory, or the table is full (kNodes).
  [[nodiscard]] Node* add() noexcept {
    std::uint32_t index = used_.load(std::memory_order_relaxed);  // relaxed: a first guess for the exchange
    do {
      if (index == kNodes || !ensure_segment(index / kSegmentNodes)) {
        return nullptr;
      }
      // relaxed: it only hands out numbers; the segment is published by (1) and (2)
    } while (
        !used_.compare_exchange_weak(index, index + 1, std::memory_order_relaxed, std::memory_order_relaxed));
    Node& node = (*this)[index];
    node.index = index;
    return &node;
  }
  // Of a node that was added, by a caller who got the index from the thread that added it, directly or
  // through others.
  [[nodiscard]] Node& operator[](std::uint32_t index) noexcept {
    // relaxed: adding it has seen the segment by (1) or (2), and that happened before the index got here
    return segments_[index / kSegmentNodes].load(std::memory_order_relaxed)->nodes[index % kSegmentNodes];
  }
  // Every node that was added. Exact, so only for quiet users.
  template <class Visitor>
  void for_each(Visitor visit) {
    const std::uint32_t used = used_.load(std::memory_order_relaxed);  // relaxed: the caller has synchronised
    for (std::uint32_t i = 0; i < used; ++i) {
      visit((*this)[i]);
    }
  }

  static constexpr std::uint32_t kSegmentNodes = NodeTableShape<P>::kSegmentNodes;
  static constexpr std::uint32_t kSegments = NodeTableShape<P>::kSegments;
  static constexpr std::uint32_t kNodes = kSegmentNodes * kSegments;

 private:
  struct alignas(kCacheLineBytes) Segment {
    void* memory = nullptr;  // what the platform gave
    std::array<Node, kSegmentNodes> nodes{};
  };

  bool ensure_segment(std::uint32_t number) noexcept {
    auto& slot = segments_[number];
    // (2) acquire: pairs with (1), the nodes are there
    Segment* present = slot.load(std::memory_order_acquire);
    if (present != nullptr) {
      return true;
    }
    std::size_t room = sizeof(Segment) + kCacheLineBytes - 1;
    void* const memory = P::allocate(room);
    if (memory == nullptr) {
      return false;
    }
    void* place = memory;
    auto* const made = ::new (std::align(kCacheLineBytes, sizeof(Segment), place, room)) Segment;
    made->memory = memory;
    P::named(&made->nodes, sizeof made->nodes, "buffer header");
    // (1) release: pairs with (2), publishes the nodes. Acquire on failure: (2) for another thread's segment
    if (!slot.compare_exchange_strong(present, made, std::memory_order_release, std::memory_order_acquire)) {
      free(made);
    }
    return true;
  }
  static void free(Segment* segment) noexcept {
    void* const memory = segment->memory;
    std::destroy_at(segment);
    P::deallocate(memory);
  }

  alignas(kCacheLineBytes) typename P::template Atomic<std::uint32_t> used_{0};
  alignas(kCacheLineBytes) std::array<typename P::template Atomic<Segment*>, kSegments> segments_{};
};

}  // namespace baton
