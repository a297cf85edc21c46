// A Treiber stack of table nodes.
#pragma once

#include <atomic>
#include <cstdint>

#include "strategies/support/node_table.hpp"

namespace baton {

// How a change of the head changes its tag, of which the head keeps 32 bits. The model checker plants fewer.
template <class P>
struct StackTag {
  static constexpr std::uint64_t next(std::uint64_t tag) noexcept { return tag + 1; }
};

// The head is one 64-bit word: the index of the top node plus one (0: empty) and a tag that every change of
// the head increments. Any thread may call anything; all operations are lock-free.
//
// Two threads: A reads head and top->next and is about to exchange. Meanwhile B pops the top, pops the next
// one too and pushes the top back. The index is as A saw it, but the tag is not, so A's exchange fails (ABA).
// A's read of top->next came while B owned the node, and that is allowed: nodes stay where they are, and
// `next` lies in no storage (reclamation). The edge:
//   (1) push: exchanges head with release, after it has written node, header and storage
//   (2) pop: reads that head with acquire before it reads the node. Pops in between are exchanges of the same
//       word, so they continue the release sequence of every push below them and need no release of their own
template <class P>
class TaggedStack {
 public:
  using Node = StackNode<P>;

  explicit TaggedStack(NodeTable<P>& nodes) noexcept : nodes_(nodes) {
    P::named(&head_, sizeof head_, "stack head");
  }

  // nullptr if empty.
  [[nodiscard]] Node* pop() noexcept {
    std::uint64_t head = head_.load(std::memory_order_acquire);  // (2) acquire: pairs with (1)
    while (top_of(head) != kNone) {
      Node& top = nodes_[top_of(head) - 1];
      // relaxed: if the node was popped meanwhile this may be any link, and the exchange fails
      const std::uint32_t below = top.next.load(std::memory_order_relaxed);
      // acquire on failure: (2) for the head that is seen now. On success (2) has happened already and
      // relaxed would do, but g++ 12 takes no exchange that asks for less when it succeeds than when it fails
      if (head_.compare_exchange_weak(head, successor(head, below), std::memory_order_acquire,
                                      std::memory_order_acquire)) {
        return &top;
      }
    }
    return nullptr;
  }
  void push(Node& node) noexcept { push_chain(node, node); }
  // Puts `below` behind a node of a chain that is the caller's.
  static void link(Node& node, const Node& below) noexcept {
    node.next.store(below.index + 1, std::memory_order_relaxed);  // relaxed: published by (1)
  }
  // All from `first` by next to `last`, with one exchange.
  void push_chain(Node& first, Node& last) noexcept {
    std::uint64_t head =
        head_.load(std::memory_order_relaxed);  // relaxed: nothing below is read, only linked to
    do {
      // relaxed: published by (1); a late pop that reads it earlier fails its exchange
      last.next.store(top_of(head), std::memory_order_relaxed);
      // (1) release: pairs with (2), publishes links, headers and storage. Failure relaxed: as the first load
    } while (!head_.compare_exchange_weak(head, successor(head, first.index + 1), std::memory_order_release,
                                          std::memory_order_relaxed));
  }
  // Everything, as a chain by `next` whose links are index plus one.
  [[nodiscard]] Node* take_all() noexcept {
    std::uint64_t head =
        head_.load(std::memory_order_relaxed);  // relaxed: no node is read before the exchange
    while (top_of(head) != kNone) {
      // (2) acquire: pairs with (1). Failure relaxed: as the first load
      if (head_.compare_exchange_weak(head, successor(head, kNone), std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        return &nodes_[top_of(head) - 1];
      }
    }
    return nullptr;
  }
  // The node behind one of a chain from take_all; nullptr at its end.
  [[nodiscard]] Node* next_in_chain(Node& node) noexcept {
    const std::uint32_t next =
        node.next.load(std::memory_order_relaxed);  // relaxed: the chain is the caller's
    return next == kNone ? nullptr : &nodes_[next - 1];
  }

 private:
  static constexpr std::uint32_t kNone = 0;
  static constexpr std::uint32_t top_of(std::uint64_t head) noexcept {
    return static_cast<std::uint32_t>(head);
  }
  static constexpr std::uint64_t successor(std::uint64_t head, std::uint32_t top) noexcept {
    return (StackTag<P>::next(head >> 32U) << 32U) | top;
  }

  static_assert(std::atomic<std::uint64_t>::is_always_lock_free,
                "a head with a hidden lock is not a lock-free stack");

  NodeTable<P>& nodes_;
  alignas(kCacheLineBytes) typename P::template Atomic<std::uint64_t> head_{0};
};
static_assert(alignof(TaggedStack<NativePlatform>) == kCacheLineBytes, "everybody writes the head");

}  // namespace baton
