// The channel of the handoffs: a ring of 64 pointers from one thread to one other.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "bench/primitives/crew.hpp"
#include "strategies/conn_buffer.hpp"
#include "strategies/parameters.hpp"

namespace baton::primitives {

// Each side keeps a copy of the other's index and looks again only when the ring seems full or empty, so that
// the ring costs little beside what is measured.
//   (1) push: publishes the slot, and what the giver wrote to the buffer, with release
//   (2) pop: sees that with acquire
//   (3) pop: gives the slot back with release, after it was read; (4) push: sees that with acquire
class Ring {
 public:
  static constexpr std::uint32_t kSlots = 64;

  explicit Ring(bool crowded) noexcept : crowded_(crowded) {}

  void push(ConnBuffer* buffer) noexcept {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // relaxed: only this side writes it
    if (tail - seen_head_ == kSlots) {
      Waiter waiter(crowded_);
      while (tail - (seen_head_ = head_.load(std::memory_order_acquire)) == kSlots) {  // (4)
        waiter.pause();
      }
    }
    slots_[tail % kSlots] = buffer;
    tail_.store(tail + 1, std::memory_order_release);  // (1)
  }
  [[nodiscard]] ConnBuffer* pop() noexcept {
    const std::uint32_t head = head_.load(std::memory_order_relaxed);  // relaxed: only this side writes it
    if (head == seen_tail_) {
      Waiter waiter(crowded_);
      while (head == (seen_tail_ = tail_.load(std::memory_order_acquire))) {  // (2)
        waiter.pause();
      }
    }
    ConnBuffer* const buffer = slots_[head % kSlots];
    head_.store(head + 1, std::memory_order_release);  // (3)
    return buffer;
  }

 private:
  bool crowded_;
  alignas(kCacheLineBytes) std::atomic<std::uint32_t> tail_{0};
  std::uint32_t seen_head_ = 0;
  alignas(kCacheLineBytes) std::atomic<std::uint32_t> head_{0};
  std::uint32_t seen_tail_ = 0;
  alignas(kCacheLineBytes) std::array<ConnBuffer*, kSlots> slots_{};
};

}  // namespace baton::primitives
