#pragma once

#include <algorithm>
#include <cstdint>

#include "strategies/contract.hpp"
#include "strategies/support/buffer_list.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/own_place.hpp"
#include "strategies/support/pooled.hpp"
#include "strategies/support/stealable.hpp"
#include "strategies/support/victims.hpp"

namespace baton {

// Of the guard: what nobody used for two of them is freed.
inline constexpr std::uint32_t kStealingPeriodMs = 500;

// Stealing: every worker has a private place for one buffer and a deque; who has none steals from the
// others'.
//
// A worker takes from and puts into its private place, and where that is empty, or full, the near end of its
// deque. When both are empty it goes round the others' deques and takes from the far end, then from the
// victims, and makes a buffer if there is nowhere one. At a request boundary the private place is emptied
// into the deque, so that all that lies unused can be reached by others.
//
// Two threads: a client worker's buffers all leave, so it steals one for every handoff from the deque of the
// fetch worker, where they arrive. Nobody waits for anybody but at the victims.
//
// The guard frees the victims once in a period, and makes what lies in the deques the new ones: what was not
// used for two periods is gone. Go does that in a collection, with the world stopped, and leaves private
// places as they are; here the guard steals as everybody does.
template <class P = NativePlatform>
class Stealing : public CachingCore<P, OwnPlace<P>> {
  using Core = CachingCore<P, OwnPlace<P>>;
  using Buffer = StoredBuffer<P>;

 public:
  static constexpr Promises kPromises{
      .name = "stealing",
      .summary =
          "a private place and a deque with every worker, others steal; a guard frees what is not used",
      .source = "Go's sync.Pool (2013; its victims since Go 1.13)",
      .progress = Progress::blocking,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound =
          "buffer_bytes * (in use + sessions with unread bytes + 2 * list_bound + workers); after two quiet "
          "periods the first two only",
      .needs_guard = true,
      .costs = {.requests = 1, .without_handoff = {.atomic_rmw = 4}, .with_handoff = {.atomic_rmw = 4}},
  };
  class Worker : public PooledWorker<Worker, P, Core, Buffer> {
    using Base = PooledWorker<Worker, P, Core, Buffer>;

   public:
    Worker(Stealing& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
          strategy_(strategy),
          deque_(strategy.deques_.of(index)),
          index_(index),
          seen_generation_(strategy.size_.load().generation) {
      strategy_.caches_.set(index_, &private_);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {  // its deque stays for others to steal from
      share();
      strategy_.caches_.set(index_, nullptr);
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      if (Buffer* const buffer = private_.get()) [[likely]] {
        private_.set(nullptr);
        return buffer;
      }
      return from_deques();
    }
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      released->clear();
      if (released->generation != seen_generation_) [[unlikely]] {
        strategy_.destroy(released, this->tally());
      } else if (private_.get() == nullptr) [[likely]] {
        private_.set(released);
      } else {
        put(released);
      }
    }
    [[nodiscard]] bool housekeep() noexcept {
      share();
      const std::uint32_t generation = strategy_.size_.load().generation;
      if (seen_generation_ != generation) [[unlikely]] {
        seen_generation_ = generation;
        strategy_.free_stale(generation, this->tally());
      }
      return false;
    }

   private:
    void share() noexcept {
      if (Buffer* const buffer = private_.get()) {
        private_.set(nullptr);
        put(buffer);
      }
    }
    void put(Buffer* buffer) noexcept {
      if (!deque_.put(buffer)) [[unlikely]] {
        strategy_.destroy(buffer, this->tally());
      }
    }
    [[nodiscard, gnu::noinline]] Buffer* from_deques() noexcept {
      Buffer* buffer = deque_.take();
      buffer = buffer != nullptr ? buffer : strategy_.deques_.steal_for(index_);
      buffer = buffer != nullptr ? buffer : strategy_.victims_.one();
      if (buffer != nullptr && buffer->generation != seen_generation_) [[unlikely]] {
        strategy_.destroy(buffer, this->tally());
        buffer = nullptr;
      }
      return buffer != nullptr ? buffer : strategy_.make(this->tally());
    }

    OwnPlace<P> private_;
    Stealing& strategy_;
    Stealable<P, Buffer>& deque_;
    std::uint32_t index_;
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit Stealing(const Parameters& parameters)
      : Core(parameters),
        deques_(parameters.workers, std::clamp(parameters.list_bound / parameters.workers, 1U, 1024U)) {}
  ~Stealing() {
    for (int periods = 0; periods < 2; ++periods) {
      guard_step();
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() {
    Holding reachable;
    const auto add = [&](const Buffer& buffer) { reachable += {1, buffer.held_bytes}; };
    victims_.for_each(add);
    deques_.for_each(add);
    return this->exact(reachable);
  }
  [[nodiscard]] Footprint sample() const { return this->approximate(deques_.size() + victims_.size()); }

  std::uint32_t guard_step() noexcept {
    BufferList<P> unused;
    deques_.steal_all([&](Buffer* buffer) { unused.push(buffer); });
    victims_.exchange(unused);
    while (Buffer* const buffer = unused.pop()) {
      this->store_.destroy(buffer, this->books_.outside());
    }
    return kStealingPeriodMs;
  }

 private:
  // What others can reach of an earlier size dies.
  template <class Tally>
  void free_stale(std::uint32_t generation, Tally& tally) noexcept {
    BufferList<P> found, kept;
    victims_.exchange(found);
    deques_.steal_all([&](Buffer* buffer) { found.push(buffer); });
    while (Buffer* const buffer = found.pop()) {
      if (buffer->generation == generation) {
        kept.push(buffer);
      } else {
        this->store_.destroy(buffer, tally);
      }
    }
    victims_.add(kept);
  }

  Deques<P, Buffer> deques_;
  Victims<P> victims_;
};
static_assert(Strategy<Stealing<>>);

}  // namespace baton
