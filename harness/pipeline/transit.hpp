// The bounded transit queue: body bytes on their way from a fetch worker to a client worker.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "harness/net/wait.hpp"
#include "strategies/parameters.hpp"

namespace baton::pipeline {

// A ring of bytes for one producer and one consumer. Positions count bytes since start() and never wrap.
// Two threads: the producer copies bytes in and stores tail (1); the consumer reads tail (2), sends the bytes
// where they lie and stores head (3), after which the producer (4) may overwrite them. Whoever finds nothing
// to do parks. Waking a parked thread costs more than copying a buffer, so it is put off: the consumer is
// woken when half the ring is full or the producer is about to wait itself, the producer when half the ring
// is free.
class Transit {
 public:
  explicit Transit(std::size_t bytes) : bytes_(bytes) {}

  // Before a fetch, by the thread that owns both ends.
  void start() {
    if (!ring_) {
      ring_ = std::make_unique_for_overwrite<char[]>(
          bytes_);  // on the first handoff: slots that never see one cost nothing
    }
    // relaxed: whatever hands the fetch over publishes these
    head_.store(0, std::memory_order_relaxed);
    tail_.store(0, std::memory_order_relaxed);
    produced_ = 0;
    woken_at_ = 0;
  }

  // Producer: copies as much as there is room for; not visible before publish().
  std::size_t push(std::string_view payload) noexcept {
    const std::size_t room =
        bytes_ - (produced_ - head_.load(std::memory_order_acquire));  // (4) pairs with (3)
    const std::size_t taken = payload.size() < room ? payload.size() : room;
    const std::size_t at = produced_ % bytes_;
    const std::size_t first = taken < bytes_ - at ? taken : bytes_ - at;
    std::memcpy(ring_.get() + at, payload.data(), first);
    std::memcpy(ring_.get(), payload.data() + first, taken - first);
    produced_ += taken;
    return taken;
  }
  // Producer: free room in one run, to be filled in place, and how much of it was. Empty if the ring is full.
  [[nodiscard]] std::span<char> writable() noexcept {
    const std::size_t room =
        bytes_ - (produced_ - head_.load(std::memory_order_acquire));  // (4) pairs with (3)
    const std::size_t at = produced_ % bytes_;
    return {ring_.get() + at, room < bytes_ - at ? room : bytes_ - at};
  }
  void produced(std::size_t bytes) noexcept { produced_ += bytes; }
  // Producer: makes what was pushed visible, and wakes the consumer if that is worth it by now.
  void publish() noexcept {
    tail_.store(produced_, std::memory_order_release);  // (1) release: pairs with (2)
    if (produced_ - woken_at_ >= bytes_ / 2) {
      wake_consumer();
    }
  }
  // Producer: there are bytes that the consumer may not know of. To be ended by wake_consumer() before
  // waiting for anything.
  [[nodiscard]] bool owes_wake() const noexcept { return produced_ != woken_at_; }
  void wake_consumer() noexcept {
    woken_at_ = produced_;
    consumer_.wake();
  }
  // The same from a thread that is not the producer any more.
  void wake_consumer_late() noexcept { consumer_.wake(); }
  bool producer_waits(net::Waiting mode, std::chrono::nanoseconds timeout) noexcept {
    return producer_.wait_for(mode, timeout);
  }

  // Consumer: what can be read now, in up to two runs (the second empty unless the ring wraps).
  [[nodiscard]] std::array<std::span<char>, 2> readable() noexcept {
    const std::size_t tail =
        tail_.load(std::memory_order_acquire);  // (2) acquire: pairs with (1), the bytes are there
    const std::size_t head = head_.load(std::memory_order_relaxed);  // own word
    const std::size_t at = head % bytes_;
    const std::size_t length = tail - head;
    const std::size_t first = length < bytes_ - at ? length : bytes_ - at;
    return {std::span{ring_.get() + at, first}, std::span{ring_.get(), length - first}};
  }
  void consume(std::size_t bytes) noexcept {
    const std::size_t head = head_.load(std::memory_order_relaxed) + bytes;  // own word
    head_.store(head, std::memory_order_release);                            // (3) release: pairs with (4)
    // Relaxed is enough for the guess: a producer that waits does not move tail, and one that moves it does
    // not wait.
    if (tail_.load(std::memory_order_relaxed) - head <= bytes_ / 2) {
      producer_.wake();
    }
  }
  void wake_producer() noexcept { producer_.wake(); }
  bool consumer_waits(net::Waiting mode, std::chrono::nanoseconds timeout) noexcept {
    return consumer_.wait_for(mode, timeout);
  }

 private:
  const std::size_t bytes_;
  std::unique_ptr<char[]> ring_;
  // Each side's words on a line of their own: both are written for every piece.
  alignas(kCacheLineBytes) std::atomic<std::size_t> tail_{0};
  std::size_t produced_ = 0;  // the producer's; ahead of tail_ by what is not published
  std::size_t woken_at_ = 0;  // the producer's; its position when it last woke the consumer
  net::Parker producer_;
  alignas(kCacheLineBytes) std::atomic<std::size_t> head_{0};
  net::Parker consumer_;
};

}  // namespace baton::pipeline
