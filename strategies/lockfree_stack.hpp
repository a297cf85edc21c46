#pragma once

#include <cstdint>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/node_store.hpp"
#include "strategies/support/pooled.hpp"
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
class LockfreeStack : public StrategyCore<P, StackNode<P>, NodeStore<P>> {
  using Node = StackNode<P>;
  using Core = StrategyCore<P, Node, NodeStore<P>>;

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
      .costs = {.requests = 1, .without_handoff = {.atomic_rmw = 4}, .with_handoff = {.atomic_rmw = 4}},
  };

  class Worker : public PooledWorker<Worker, P, Core, Node> {
    using Base = PooledWorker<Worker, P, Core, Node>;

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
      stack_.store_.destroy(node, this->tally());
      return make();
    }
    void release(ConnBuffer* buffer) noexcept {
      Node& node = *this->header_of(buffer);
      if (node.generation != seen_generation_) [[unlikely]] {
        stack_.store_.destroy(&node, this->tally());
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
    [[gnu::noinline]] Node* make() noexcept { return stack_.store_.make(stack_.size_.load(), this->tally()); }
    [[gnu::noinline]] void free_stale(std::uint32_t generation) noexcept {
      for (Node* node = stack_.unused_.take_all(); node != nullptr;) {
        Node& unused = *std::exchange(node, stack_.unused_.next_in_chain(*node));
        if (unused.generation == generation) {
          stack_.unused_.push(unused);
        } else {
          this->tally().leave(Holder::shared, unused.held_bytes);
          stack_.store_.destroy(&unused, this->tally());
        }
      }
    }

    LockfreeStack& stack_;
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit LockfreeStack(const Parameters& parameters) : Core(parameters) {}
  ~LockfreeStack() {
    while (Node* const node = unused_.pop()) {
      this->drop(node, Holder::shared);
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }

 private:
  TaggedStack<P> unused_{this->store_.nodes()};
};
static_assert(Strategy<LockfreeStack<>>);

}  // namespace baton
