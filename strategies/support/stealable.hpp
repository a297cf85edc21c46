// A bounded deque of unused buffers that belongs to a worker and that others steal from.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton {

// As Go's poolDequeue: the head, which only its owner moves forward, and the tail are one word, so that an
// owner and a thief cannot get the same last one. The owner puts and takes at the head, thieves take at the
// tail.
//
// Two threads: the owner puts, a thief takes. The edge:
//   (1) put publishes the buffer with the release of the head; (2) a thief acquires that word. What changes
//       the word in between is an exchange of it, so it continues the release sequence
// A thief that has read its slot clears it, and the owner who comes round takes the deque for full as long as
// it is not clear. That needs no edge: what the owner puts there comes after the clearing, which comes after
// the thief's reading, in the one order that all stores of a slot have.
template <class P, class T>
class alignas(2 * kCacheLineBytes) Stealable {
 public:
  Stealable() noexcept { P::named(&ends_, sizeof ends_, "deque ends"); }

  // Before anybody uses it.
  void set_capacity(std::uint32_t at_least) {
    const std::uint32_t capacity = std::bit_ceil(at_least);
    mask_ = capacity - 1;
    slots_ = std::make_unique<typename P::template Atomic<T*>[]>(capacity);
    P::named(slots_.get(), capacity * sizeof slots_[0], "deque slots");
  }
  // The owner. False: full.
  [[nodiscard]] bool put(T* buffer) noexcept {
    // relaxed, both: the head is the owner's, the tail only counted with; a slot that is clear is free
    const std::uint64_t ends = ends_.load(std::memory_order_relaxed);
    auto& slot = slots_[head_of(ends) & mask_];
    if (size_of(ends) > mask_ || slot.load(std::memory_order_relaxed) != nullptr) {
      return false;
    }
    slot.store(buffer, std::memory_order_relaxed);           // relaxed: published by (1)
    ends_.fetch_add(kOneAtHead, std::memory_order_release);  // (1) release: pairs with (2)
    return true;
  }
  // The owner. nullptr: empty.
  [[nodiscard]] T* take() noexcept {
    std::uint64_t ends = ends_.load(std::memory_order_relaxed);  // relaxed: a first guess for the exchange
    while (size_of(ends) != 0) {
      // relaxed, both: the owner has put it there itself, and thieves want the other end
      if (ends_.compare_exchange_weak(ends, ends - kOneAtHead, std::memory_order_relaxed,
                                      std::memory_order_relaxed)) {
        auto& slot = slots_[(head_of(ends) - 1) & mask_];
        T* const buffer = slot.load(std::memory_order_relaxed);  // relaxed: as above
        slot.store(nullptr, std::memory_order_relaxed);          // relaxed: only the owner looks at it next
        return buffer;
      }
    }
    return nullptr;
  }
  // Anybody. nullptr: empty.
  [[nodiscard]] T* steal() noexcept {
    std::uint64_t ends = ends_.load(std::memory_order_relaxed);  // relaxed: a first guess for the exchange
    while (size_of(ends) != 0) {
      const std::uint64_t wanted = (ends & ~kTail) | static_cast<std::uint32_t>(ends + 1);
      // (2) acquire: pairs with (1). Failure relaxed: as the first load
      if (ends_.compare_exchange_weak(ends, wanted, std::memory_order_acquire, std::memory_order_relaxed)) {
        auto& slot = slots_[tail_of(ends) & mask_];
        T* const buffer = slot.load(std::memory_order_relaxed);  // relaxed: ordered by (2)
        slot.store(nullptr, std::memory_order_relaxed);          // relaxed: as the owner's, above
        return buffer;
      }
    }
    return nullptr;
  }
  // Approximate while others put and take.
  [[nodiscard]] std::uint32_t size() const noexcept {
    return size_of(ends_.load(std::memory_order_relaxed));  // relaxed: a number for who looks on
  }
  // Exact, so only where nobody puts or takes.
  template <class Visitor>
  void for_each(Visitor visit) const {
    const std::uint64_t ends = ends_.load(std::memory_order_relaxed);  // relaxed: the caller has synchronised
    for (std::uint32_t i = tail_of(ends); i != head_of(ends); ++i) {
      visit(*slots_[i & mask_].load(std::memory_order_relaxed));  // relaxed: as above
    }
  }

 private:
  static constexpr std::uint64_t kOneAtHead = std::uint64_t{1} << 32U;
  static constexpr std::uint64_t kTail = kOneAtHead - 1;
  static constexpr std::uint32_t head_of(std::uint64_t ends) noexcept {
    return static_cast<std::uint32_t>(ends >> 32U);
  }
  static constexpr std::uint32_t tail_of(std::uint64_t ends) noexcept {
    return static_cast<std::uint32_t>(ends);
  }
  static constexpr std::uint32_t size_of(std::uint64_t ends) noexcept {
    return head_of(ends) - tail_of(ends);
  }

  typename P::template Atomic<std::uint64_t> ends_{0};
  std::uint32_t mask_ = 0;
  std::unique_ptr<typename P::template Atomic<T*>[]> slots_;
};

// A deque for each worker. Any thread may call anything.
template <class P, class T>
class Deques {
 public:
  Deques(std::uint32_t workers, std::uint32_t capacity)
      : workers_(workers), deques_(std::make_unique<Stealable<P, T>[]>(workers)) {
    for (std::uint32_t i = 0; i < workers; ++i) {
      deques_[i].set_capacity(capacity);
    }
  }
  [[nodiscard]] Stealable<P, T>& of(std::uint32_t worker) noexcept { return deques_[worker]; }

  // From whom comes next behind `worker` and has something; nullptr: nobody has.
  [[nodiscard]] T* steal_for(std::uint32_t worker) noexcept {
    T* stolen = nullptr;
    for (std::uint32_t i = 1; stolen == nullptr && i < workers_; ++i) {
      stolen = deques_[(worker + i) % workers_].steal();
    }
    return stolen;
  }
  // What lies in them now, as far as nobody else gets it.
  template <class Use>
  void steal_all(Use use) noexcept {
    for (std::uint32_t i = 0; i < workers_; ++i) {
      for (std::uint32_t left = deques_[i].size(); left != 0; --left) {
        if (T* const stolen = deques_[i].steal()) {
          use(stolen);
        }
      }
    }
  }
  // Approximate while others put and take.
  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t sum = 0;
    for (std::uint32_t i = 0; i < workers_; ++i) {
      sum += deques_[i].size();
    }
    return sum;
  }
  // Exact, so only where nobody puts or takes.
  template <class Visitor>
  void for_each(Visitor visit) const {
    for (std::uint32_t i = 0; i < workers_; ++i) {
      deques_[i].for_each(visit);
    }
  }

 private:
  std::uint32_t workers_;
  std::unique_ptr<Stealable<P, T>[]> deques_;
};

}  // namespace baton
