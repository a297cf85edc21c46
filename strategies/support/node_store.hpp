// Making and freeing buffers whose headers stay where they are: for stacks that a late pop may look into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "strategies/support/buffer_limit.hpp"
#include "strategies/support/node_table.hpp"
#include "strategies/support/size_setting.hpp"
#include "strategies/support/tagged_stack.hpp"

namespace baton {

// As BufferStore, but only the storage is allocated and freed; headers are nodes of a table, and those
// without storage wait on a stack of their own. Any thread may call anything; the tally is the caller's own.
template <class P>
class NodeStore {
 public:
  using Node = StackNode<P>;

  explicit NodeStore(std::uint32_t max_buffers) noexcept : limit_(max_buffers) {}

  [[nodiscard]] NodeTable<P>& nodes() noexcept { return nodes_; }
  [[nodiscard]] bool limited() const noexcept { return limit_.limited(); }

  // A node with new storage; nullptr: the limit is reached, or no memory.
  template <class Tally>
  [[nodiscard]] Node* make(SizeStamp size, Tally& tally) noexcept {
    if (!limit_.reserve()) {
      return nullptr;
    }
    std::size_t room = std::size_t{kCacheLineBytes} - 1 + size.bytes + P::kGuardBytes;
    void* const memory = P::allocate(room);
    Node* node = nullptr;
    if (memory != nullptr) {
      node = bare_.pop();
      node = node != nullptr ? node : nodes_.add();
    }
    if (node == nullptr) {
      if (memory != nullptr) {
        P::deallocate(memory);
      }
      limit_.unreserve();
      return nullptr;
    }
    void* storage = memory;
    node->storage = static_cast<char*>(std::align(kCacheLineBytes, size.bytes, storage, room));
    P::named(node->storage, size.bytes, "buffer storage");
    node->capacity = size.bytes;
    node->generation = size.generation;
    node->memory = memory;
    node->held_bytes = size.bytes;
    node->clear();
    tally.created(size.bytes);
    return node;
  }
  // The node goes to the bare ones.
  template <class Tally>
  void destroy(Node* node, Tally& tally) noexcept {
    tally.destroyed(node->held_bytes);
    P::deallocate(std::exchange(node->memory, nullptr));
    limit_.unreserve();
    node->storage = nullptr;
    bare_.push(*node);
  }

 private:
  BufferLimit<P> limit_;
  NodeTable<P> nodes_;
  TaggedStack<P> bare_{nodes_};  // nodes without storage
};

}  // namespace baton
