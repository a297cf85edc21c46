#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/node_store.hpp"
#include "strategies/support/own_array.hpp"
#include "strategies/support/pooled.hpp"
#include "strategies/support/tagged_stack.hpp"

namespace baton {

inline constexpr std::uint32_t kWatermarkSlots = 2 * kMaxBatch + 1;  // most in a worker's list, and one

// Watermarks: every worker has a list, and a lock-free stack of all has the rest.
//
// A worker releases to its own list. When that has grown above the high mark (two batches), the coldest
// batch goes to the stack as one chain, with one exchange; when it is empty, one buffer comes from there with
// one exchange. Nothing leaves the stack for the allocator but after a change of the size, and headers never,
// so that a late pop may read the link of a node that is long gone from it (tagged_stack.hpp).
//
// Two threads: a client worker's buffers all leave, so every acquire takes one from the stack; the fetch
// worker's all arrive, and go there by the batch: 1 + 1 / batch exchanges for a handoff.
template <class P = NativePlatform>
class Watermark
    : public CachingCore<P, OwnArray<P, kWatermarkSlots, StackNode<P>>, StackNode<P>, NodeStore<P>> {
  using Node = StackNode<P>;
  using List = OwnArray<P, kWatermarkSlots, Node>;
  using Core = CachingCore<P, List, Node, NodeStore<P>>;

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
          "nothing is trimmed",
      .costs = {.requests = Parameters{}.batch, .with_handoff = {.atomic_rmw = Parameters{}.batch + 1}},
  };
  class Worker : public PooledWorker<Worker, P, Core, Node> {
    using Base = PooledWorker<Worker, P, Core, Node>;

   public:
    Worker(Watermark& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
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
      Node* const node = own_.pop();
      return node != nullptr ? node : from_stack();
    }
    void release(ConnBuffer* buffer) noexcept {
      Node& node = *this->header_of(buffer);
      node.clear();
      if (node.generation != seen_generation_) [[unlikely]] {
        strategy_.destroy(&node, this->tally());
        return;
      }
      if (!own_.push(&node, high_)) [[unlikely]] {
        give_up(std::max(1U, high_ / 2), node);
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
        strategy_.destroy(node, this->tally());
      }
      return strategy_.make(this->tally());
    }
    // This one comes, and the n coldest go to the stack at once.
    [[gnu::noinline]] void give_up(std::uint32_t n, Node& node) noexcept {
      static_cast<void>(own_.push(&node));
      give_up(n);
    }
    void give_up(std::uint32_t n) noexcept {
      if (n == 0) {
        return;
      }
      for (std::uint32_t i = 0; i + 1 < n; ++i) {
        strategy_.stack_.link(*own_.at(i), *own_.at(i + 1));
      }
      Node& first = *own_.at(0);
      Node& last = *own_.at(n - 1);
      own_.drop_coldest(n);
      this->tally().enter(Holder::shared, first.held_bytes, n);
      strategy_.stack_.push_chain(first, last);
    }
    [[gnu::noinline]] void free_stale() noexcept {
      while (Node* const node = own_.pop()) {
        strategy_.destroy(node, this->tally());
      }
      for (Node* node = strategy_.stack_.take_all(); node != nullptr;) {
        Node& unused = *std::exchange(node, strategy_.stack_.next_in_chain(*node));
        if (unused.generation == seen_generation_) {
          strategy_.stack_.push(unused);
        } else {
          this->tally().leave(Holder::shared, unused.held_bytes);
          strategy_.destroy(&unused, this->tally());
        }
      }
    }

    List own_;
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
