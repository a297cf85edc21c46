#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/node_store.hpp"
#include "strategies/support/own_count.hpp"
#include "strategies/support/pooled.hpp"
#include "strategies/support/tagged_stack.hpp"

namespace baton {

// A worker's own unused buffers, linked as on the stack: by index plus one. The warmest is first.
template <class P>
struct alignas(kCacheLineBytes) NodeChain {
  OwnCount<P> count;
  StackNode<P>* first = nullptr;
  NodeTable<P>& nodes;

  explicit NodeChain(NodeTable<P>& table) noexcept : nodes(table) {
    P::named(this, sizeof *this, "own supply");
  }
  [[nodiscard]] std::uint32_t size() const noexcept { return count; }
  [[nodiscard]] StackNode<P>* behind(const StackNode<P>& node) const noexcept {
    const std::uint32_t next =
        node.next.load(std::memory_order_relaxed);  // relaxed: the chain is the worker's
    return next == 0 ? nullptr : &nodes[next - 1];
  }
  void push(StackNode<P>& node) noexcept {
    // relaxed: the chain is the worker's; a late pop of the stack that reads the link fails its exchange
    node.next.store(first == nullptr ? 0 : first->index + 1, std::memory_order_relaxed);
    first = &node;
    count = count + 1;
  }
  // Not empty.
  [[nodiscard]] StackNode<P>* pop() noexcept {
    StackNode<P>* const node = std::exchange(first, behind(*first));
    count = count - 1;
    return node;
  }
  [[nodiscard]] Holding holding() const noexcept {
    Holding sum;
    for (const StackNode<P>* node = first; node != nullptr; node = behind(*node))
      sum += {1, node->held_bytes};
    return sum;
  }
};

// Watermarks: every worker has a list, and a lock-free stack of all has the rest.
//
// A worker releases to its own list. When that has grown above the high mark (two batches), the uppermost
// batch goes to the stack as one chain, with one exchange; when it is empty, one buffer comes from there with
// one exchange. Nothing ever leaves the stack for the allocator, so that a late pop may read the link of a
// node that is long gone from it (tagged_stack.hpp).
//
// Two threads: a client worker's buffers all leave, so every acquire takes one from the stack; the fetch
// worker's all arrive, and go there by the batch: 1 + 1 / batch exchanges for a handoff.
template <class P = NativePlatform>
class Watermark : public CachingCore<P, NodeChain<P>, StackNode<P>, NodeStore<P>> {
  using Node = StackNode<P>;
  using Core = CachingCore<P, NodeChain<P>, Node, NodeStore<P>>;

 public:
  static constexpr Promises kPromises{
      .name = "watermark",
      .summary =
          "a list with every worker; above a high mark a chain goes to a lock-free stack, one by one they "
          "come back",
      .source = "Apache Traffic Server: ProxyAllocator over ink_freelist",
      .progress = Progress::lock_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound =
          "buffer_bytes * (most (in use + sessions with unread bytes) at once + workers * 2 * batch); "
          "nothing "
          "is trimmed",
  };
  class Worker : public PooledWorker<Worker, P, Core, Node> {
    using Base = PooledWorker<Worker, P, Core, Node>;

   public:
    Worker(Watermark& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
          own_(strategy.store_.nodes()),
          strategy_(strategy),
          high_(strategy.high_),
          index_(index),
          seen_generation_(strategy.size_.load().generation) {
      strategy_.caches_.set(index_, &own_);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      give_up(own_.size());
      strategy_.caches_.set(index_, nullptr);
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      return own_.size() != 0 ? own_.pop() : from_stack();
    }
    void release(ConnBuffer* buffer) noexcept {
      Node& node = *this->header_of(buffer);
      node.clear();
      if (node.generation != seen_generation_) [[unlikely]] {
        strategy_.store_.destroy(&node, this->tally());
        return;
      }
      own_.push(node);
      if (own_.size() > high_) [[unlikely]] {
        give_up(std::max(1U, high_ / 2));
      }
    }
    [[nodiscard]] bool housekeep() noexcept {
      const std::uint32_t generation = strategy_.size_.load().generation;
      if (seen_generation_ != generation) [[unlikely]] {
        seen_generation_ = generation;
        free_stale();
      }
      return false;
    }

   private:
    [[nodiscard, gnu::noinline]] Node* from_stack() noexcept {
      if (Node* const node = strategy_.stack_.pop()) {
        this->tally().leave(Holder::shared, node->held_bytes);
        if (node->generation == seen_generation_) {
          return node;
        }
        strategy_.store_.destroy(node, this->tally());
      }
      return strategy_.store_.make(strategy_.size_.load(), this->tally());
    }
    // The n uppermost go to the stack at once.
    [[gnu::noinline]] void give_up(std::uint32_t n) noexcept {
      if (n == 0) {
        return;
      }
      Node& first = *own_.first;
      Node* last = &first;
      for (std::uint32_t i = 1; i < n; ++i) {
        last = own_.behind(*last);
      }
      own_.first = own_.behind(*last);
      own_.count = own_.size() - n;
      this->tally().enter(Holder::shared, first.held_bytes, n);
      strategy_.stack_.push_chain(first, *last);
    }
    [[gnu::noinline]] void free_stale() noexcept {
      while (own_.size() != 0) {
        strategy_.store_.destroy(own_.pop(), this->tally());
      }
      for (Node* node = strategy_.stack_.take_all(); node != nullptr;) {
        Node& unused = *std::exchange(node, strategy_.stack_.next_in_chain(*node));
        if (unused.generation == seen_generation_) {
          strategy_.stack_.push(unused);
        } else {
          this->tally().leave(Holder::shared, unused.held_bytes);
          strategy_.store_.destroy(&unused, this->tally());
        }
      }
    }

    NodeChain<P> own_;
    Watermark& strategy_;
    std::uint32_t high_;
    std::uint32_t index_;
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit Watermark(const Parameters& parameters)
      : Core(parameters), high_(own_share(parameters, 2 * parameters.batch)) {}
  ~Watermark() {
    while (Node* const node = stack_.pop()) {
      this->drop(node, Holder::shared);
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() { return this->exact({}); }
  [[nodiscard]] Footprint sample() const { return this->approximate(0); }

 private:
  std::uint32_t high_;
  TaggedStack<P> stack_{this->store_.nodes()};
};
static_assert(Strategy<Watermark<>>);

}  // namespace baton
