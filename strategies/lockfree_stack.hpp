#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/buffer_limit.hpp"
#include "strategies/support/node_table.hpp"
#include "strategies/support/pooled.hpp"
#include "strategies/support/size_setting.hpp"
#include "strategies/support/tagged_stack.hpp"

namespace baton {

// Lock-free stack: one LIFO of unused buffers that all threads exchange the head of.
//
// Two threads: a client worker pops a buffer and gives it away, the fetch worker pushes it back; whoever
// acquires next, on either thread, gets it. Nothing is stranded and nobody waits, but every acquire and
// release of every thread wants the same cache line, and an exchange that loses is repeated.
//
// The buffers' headers are nodes of a table that stay where they are; only their storage is allocated and
// freed. A node without storage waits on a second stack. Nothing trims: what bounds the stack is the most
// buffers that were ever in use at once. Storage of an earlier size is freed at acquire and release, and by
// the first housekeeping of every worker after the change, which takes the whole stack and puts back what is
// of the new size; who acquires in that moment makes a buffer, or is refused if there is a limit.
template <class P = NativePlatform>
class LockfreeStack {
  using Node = StackNode<P>;

 public:
  static constexpr Promises kPromises{
      .name = "lockfree_stack",
      .summary = "one Treiber stack of stable nodes, index and tag in one 64-bit word",
      .source =
          "Treiber, IBM RJ 5118 (1986); tagged index against ABA as in IBM System/370 Principles of "
          "Operation",
      .progress = Progress::lock_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * most (in use + sessions with unread bytes) at once; nothing is trimmed",
  };
  using PlatformType = P;

  class Worker : public PooledWorker<Worker, P, LockfreeStack, Node> {
    using Base = PooledWorker<Worker, P, LockfreeStack, Node>;

   public:
    Worker(LockfreeStack& stack, std::uint32_t index) noexcept
        : Base(stack.books_.of(index)), stack_(stack), seen_generation_(stack.size_.load().generation) {}

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      Node* const node = stack_.unused_.pop();
      if (node == nullptr) [[unlikely]] {
        return make();
      }
      this->tally().leave(Holder::shared, node->held_bytes);
      if (node->generation == seen_generation_) [[likely]] {
        return node;
      }
      // From a worker that has not seen the change, or has seen one that this worker has not.
      stack_.free_storage(*node, this->tally());
      return make();
    }
    void release(ConnBuffer* buffer) noexcept {
      Node& node = *this->header_of(buffer);
      if (node.generation != seen_generation_) [[unlikely]] {
        stack_.free_storage(node, this->tally());
        return;
      }
      node.clear();
      this->tally().enter(Holder::shared, node.held_bytes);
      stack_.unused_.push(node);
    }
    [[nodiscard]] bool housekeep() noexcept {
      const std::uint32_t generation = stack_.size_.load().generation;
      if (seen_generation_ != generation) [[unlikely]] {
        seen_generation_ = generation;
        free_stale(generation);
      }
      return false;
    }

   private:
    [[gnu::noinline]] Node* make() noexcept { return stack_.make(stack_.size_.load(), this->tally()); }
    [[gnu::noinline]] void free_stale(std::uint32_t generation) noexcept {
      for (Node* node = stack_.unused_.take_all(); node != nullptr;) {
        Node& unused = *std::exchange(node, stack_.unused_.next_in_chain(*node));
        if (unused.generation == generation) {
          stack_.unused_.push(unused);
        } else {
          this->tally().leave(Holder::shared, unused.held_bytes);
          stack_.free_storage(unused, this->tally());
        }
      }
    }

    LockfreeStack& stack_;
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<LockfreeStack>;
  using Slot = EmptySlot;

  explicit LockfreeStack(const Parameters& parameters)
      : size_(validated(parameters).buffer_bytes),
        books_(parameters.workers),
        limit_(parameters.max_buffers) {}
  LockfreeStack(const LockfreeStack&) = delete;
  LockfreeStack& operator=(const LockfreeStack&) = delete;
  ~LockfreeStack() {
    while (Node* const node = unused_.pop()) {
      books_.outside().leave(Holder::shared, node->held_bytes);
      free_storage(*node, books_.outside());
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  void set_buffer_bytes(std::uint32_t bytes) noexcept { size_.set(bytes); }
  [[nodiscard]] Footprint footprint() { return books_.sum(); }
  [[nodiscard]] Footprint sample() const { return books_.sum(); }

  // Frees what a session kept when it was closed. Any thread.
  void drop_kept(ConnBuffer* buffer) noexcept {
    Node& node = *static_cast<Node*>(buffer);
    books_.outside().leave(Holder::sessions, node.held_bytes);
    free_storage(node, books_.outside());
  }

 private:
  // A node with new storage; nullptr: the limit is reached, or no memory.
  template <class Tally>
  Node* make(SizeStamp size, Tally& tally) noexcept {
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
  void free_storage(Node& node, Tally& tally) noexcept {
    tally.destroyed(node.held_bytes);
    P::deallocate(std::exchange(node.memory, nullptr));
    limit_.unreserve();
    node.storage = nullptr;
    bare_.push(node);
  }

  SizeSetting<P> size_;
  Books<P> books_;
  BufferLimit<P> limit_;
  NodeTable<P> nodes_;
  TaggedStack<P> unused_{nodes_};
  TaggedStack<P> bare_{nodes_};  // nodes without storage
};
static_assert(Strategy<LockfreeStack<>>);

}  // namespace baton
