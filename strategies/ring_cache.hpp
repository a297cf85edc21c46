#pragma once

#include <algorithm>
#include <cstdint>

#include "strategies/contract.hpp"
#include "strategies/support/bounded_ring.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/own_array.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// Most buffers in a worker's cache: two batches, or three where it overflows as a whole.
inline constexpr std::uint32_t kRingCacheSlots = 3 * kMaxBatch;

// Array cache over a ring: every worker has an array of two batches, and a bounded ring has the rest.
//
// When the array is full its colder half goes to the ring at once, and when it is empty a half comes from
// there: the worker then stands in the middle and has a batch to go in either direction. With Flush::whole it
// is as it was before: the array overflows at one and a half times its size and is emptied, and an empty one
// is filled, so that whoever just releases and just acquires meets the ring less often, and who does both by
// turns may meet it with every few.
//
// Two threads: a client worker's buffers all leave, the fetch worker's all arrive; a batch crosses the ring
// at a time, with one exchange at either end. Whoever is put to sleep between claiming slots of the ring and
// passing them makes the others at that end wait (bounded_ring.hpp). What lies in another worker's array is
// out of reach, so a worker may make a buffer while there are unused ones.
template <class P = NativePlatform>
class RingCache : public CachingCore<P, OwnArray<P, kRingCacheSlots>> {
  using Cache = OwnArray<P, kRingCacheSlots>;
  using Core = CachingCore<P, Cache>;
  using Buffer = StoredBuffer<P>;
  struct Moves {
    std::uint32_t most;      // buffers in an array
    std::uint32_t flushed;   // that go to the ring when it is full
    std::uint32_t refilled;  // that come from there when it is empty
  };

 public:
  static constexpr Promises kPromises{
      .name = "ring_cache",
      .summary = "an array of two batches with every worker over a bounded ring, filled and emptied by half",
      .source =
          "DPDK's rte_mempool over rte_ring (2010; by half since 2026, before that at 1.5 times the size)",
      .progress = Progress::blocking,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound =
          "buffer_bytes * (in use + sessions with unread bytes + workers * 3 * batch + list_bound)",
      .costs = {.requests = Parameters{}.batch, .with_handoff = {.atomic_rmw = 2}},
  };
  class Worker : public PooledWorker<Worker, P, StrategyCore<P>, Buffer> {
    using Base = PooledWorker<Worker, P, StrategyCore<P>, Buffer>;

   public:
    Worker(RingCache& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
          strategy_(strategy),
          index_(index),
          moves_(strategy.moves_),
          seen_generation_(strategy.size_.load().generation) {
      strategy_.caches_.set(index_, &cache_);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      flush(cache_.size());
      strategy_.caches_.set(index_, nullptr);
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      Buffer* const buffer = cache_.pop();
      return buffer != nullptr ? buffer : acquire_elsewhere();
    }
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      released->clear();
      if (released->generation != seen_generation_ || !cache_.push(released, moves_.most)) [[unlikely]] {
        release_elsewhere(released);
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
    [[nodiscard, gnu::noinline]] Buffer* acquire_elsewhere() noexcept {
      refill(moves_.refilled);
      Buffer* const buffer = cache_.pop();
      return buffer != nullptr ? buffer : strategy_.make(this->tally());
    }
    [[gnu::noinline]] void release_elsewhere(Buffer* buffer) noexcept {
      if (buffer->generation != seen_generation_) {
        strategy_.destroy(buffer, this->tally());
        return;
      }
      if (moves_.most != 0) {
        flush(moves_.flushed);
      }
      static_cast<void>(cache_.push(buffer));
      if (moves_.most == 0) {
        flush(1);
      }
    }
    void refill(std::uint32_t n) noexcept {
      strategy_.ring_.take(n, [this](Buffer* buffer) {
        // Of another size: from a worker that has not seen the change, or has seen one that this one has not.
        if (buffer->generation != seen_generation_ || !cache_.push(buffer)) {
          strategy_.destroy(buffer, this->tally());
        }
      });
    }
    // The n coldest go to the ring; those it has no room for are freed.
    void flush(std::uint32_t n) noexcept {
      const std::uint32_t put = strategy_.ring_.put(n, [this](std::uint32_t i) { return cache_.at(i); });
      for (std::uint32_t i = put; i < n; ++i) {
        strategy_.destroy(cache_.at(i), this->tally());
      }
      cache_.drop_coldest(n);
    }
    [[gnu::noinline]] void free_stale() noexcept {
      while (Buffer* const buffer = cache_.pop()) {
        strategy_.destroy(buffer, this->tally());
      }
      for (std::uint32_t left = strategy_.ring_.size(); left != 0; --left) {  // once round the ring
        refill(1);
        flush(cache_.size());
      }
    }

    Cache cache_;
    RingCache& strategy_;
    std::uint32_t index_;
    Moves moves_;
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<StrategyCore<P>>;
  using Slot = EmptySlot;

  explicit RingCache(const Parameters& parameters)
      : Core(parameters), moves_(moves(parameters)), ring_(parameters.list_bound) {}
  ~RingCache() {
    while (ring_.take(1, [this](Buffer* buffer) { this->store_.destroy(buffer, this->books_.outside()); }) !=
           0) {
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() {
    Holding in_ring;
    ring_.for_each([&](const Buffer* buffer) { in_ring += {1, buffer->held_bytes}; });
    return this->exact(in_ring);
  }
  [[nodiscard]] Footprint sample() const { return this->approximate(ring_.size()); }

 private:
  // Less where buffers are limited; with an array of none every buffer goes through the ring.
  static Moves moves(const Parameters& parameters) noexcept {
    const bool half = parameters.flush == Flush::half;
    const std::uint32_t most = own_share(parameters, (half ? 2 : 3) * parameters.batch);
    return {most, std::max(1U, half ? (most + 1) / 2 : most), std::max(1U, half ? most / 2 : most * 2 / 3)};
  }

  Moves moves_;
  BoundedRing<P, Buffer> ring_;
};
static_assert(Strategy<RingCache<>>);

}  // namespace baton
