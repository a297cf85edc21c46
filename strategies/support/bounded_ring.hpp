// A bounded ring that many threads put batches into and take batches out of.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>

#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton {

// As DPDK's rte_ring with several producers and consumers. Each side moves a head to claim slots, fills or
// empties them, and moves its tail past them in the order of the claims. So who is put to sleep between the
// two makes all later ones of that side wait: not lock-free, and bad where there are more threads than
// processors.
//
// Two threads: A puts, B takes. The edges:
//   (1) a put publishes its slots with the release of its tail; (2) a take acquires that tail
//   (3) a take gives its slots back with the release of its tail; (4) a put acquires that tail
// Later tails of a side are stores of other threads, which have waited for the earlier one and acquired it
// (5), so that what (2) or (4) sees covers all claims before it.
template <class P, class T>
class BoundedRing {
 public:
  static constexpr std::uint32_t kMost = 1U << 16U;

  // Holds `capacity` of them, kMost at most.
  explicit BoundedRing(std::uint32_t capacity)
      : capacity_(std::min(capacity, kMost)),
        mask_(std::bit_ceil(std::max(capacity_, 1U)) - 1),
        slots_(std::make_unique<typename P::template Plain<T*>[]>(std::size_t{mask_} + 1)) {
    P::named(&puts_, sizeof puts_, "ring, putting end");
    P::named(&takes_, sizeof takes_, "ring, taking end");
    P::named(slots_.get(), (std::size_t{mask_} + 1) * sizeof slots_[0], "ring slots");
  }

  // As many of the n that `get(i)` gives as there is room for, from the first on; returns how many.
  template <class Get>
  [[nodiscard]] std::uint32_t put(std::uint32_t n, Get get) noexcept {
    const Claim claim = puts_.claim(n, [&](std::uint32_t head) {
      // (4) acquire: pairs with (3), the slots are free
      return capacity_ - (head - takes_.tail.load(std::memory_order_acquire));
    });
    for (std::uint32_t i = 0; i < claim.n; ++i) {
      slots_[(claim.begin + i) & mask_] = get(i);
    }
    puts_.pass(claim);  // (1)
    return claim.n;
  }
  // As many as there are, at most n, each to use(T*); returns how many.
  template <class Use>
  std::uint32_t take(std::uint32_t n, Use use) noexcept {
    const Claim claim = takes_.claim(n, [&](std::uint32_t head) {
      // (2) acquire: pairs with (1), the slots are filled
      return puts_.tail.load(std::memory_order_acquire) - head;
    });
    for (std::uint32_t i = 0; i < claim.n; ++i) {
      use(static_cast<T*>(slots_[(claim.begin + i) & mask_]));
    }
    takes_.pass(claim);  // (3)
    return claim.n;
  }
  // Exact, so only where nobody puts or takes.
  template <class Visitor>
  void for_each(Visitor visit) const {
    const std::uint32_t begin =
        takes_.tail.load(std::memory_order_relaxed);  // relaxed: the caller has synchronised
    for (std::uint32_t i = 0; i < size(); ++i) {
      visit(static_cast<const T*>(slots_[(begin + i) & mask_]));
    }
  }
  // Approximate while others put and take.
  [[nodiscard]] std::uint32_t size() const noexcept {
    // relaxed: a number for who looks on
    const std::uint32_t begin = takes_.tail.load(std::memory_order_relaxed);
    const std::uint32_t n = puts_.tail.load(std::memory_order_relaxed) - begin;  // relaxed: as above
    return n <= capacity_ ? n : 0;
  }

 private:
  struct Claim {
    std::uint32_t begin = 0;
    std::uint32_t n = 0;
  };
  struct alignas(2 * kCacheLineBytes) End {
    typename P::template Atomic<std::uint32_t> head{0};
    typename P::template Atomic<std::uint32_t> tail{0};

    template <class Available>
    Claim claim(std::uint32_t n, Available available) noexcept {
      // (5) acquire: the claim before this one is seen, and with it the other end as that one saw it
      std::uint32_t seen = head.load(std::memory_order_acquire);
      for (;;) {
        const std::uint32_t there = available(seen);
        // More than the ring holds: the two were read too far apart, and the exchange would fail.
        const std::uint32_t claimed = std::min(n, there);
        if (claimed == 0) {
          return {};
        }
        // acquire: as (5), for whoever claims behind this and for a head seen in failing; release: likewise
        if (head.compare_exchange_weak(seen, seen + claimed, std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
          return {seen, claimed};
        }
      }
    }
    void pass(Claim claim) noexcept {
      if (claim.n == 0) {
        return;
      }
      // (5) acquire: pairs with the release below of the claim before
      while (tail.load(std::memory_order_acquire) != claim.begin) {
        P::pause();
      }
      tail.store(claim.begin + claim.n, std::memory_order_release);  // (1) or (3) release
    }
  };

  std::uint32_t capacity_;
  std::uint32_t mask_;
  std::unique_ptr<typename P::template Plain<T*>[]> slots_;
  End puts_;
  End takes_;
};

}  // namespace baton
