#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/magazine_store.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// Magazines: every worker has two of `batch` buffers each and exchanges whole ones at a depot behind a mutex.
//
// A worker takes from and puts into the one at hand. When that is empty, or full, it first exchanges it for
// the previous one; only when both are empty, or both full, does it go to the depot. So acquire and release
// may alternate at any count without a lock.
//
// Two threads: a client worker's buffers all leave, the fetch worker's all arrive. After `batch` handoffs the
// one has nothing and the other no room, and each takes the depot's lock once. The lock covers a few pointer
// writes; no buffer is looked at, made or freed under it.
template <class P = NativePlatform>
class Magazines : public CachingCore<P, MagazinePair<P>> {
  using Core = CachingCore<P, MagazinePair<P>>;
  using Buffer = StoredBuffer<P>;
  using Half = typename MagazinePair<P>::Half;

 public:
  static constexpr Promises kPromises{
      .name = "magazine",
      .summary = "two magazines of a batch with every worker, whole ones exchanged at a depot under one lock",
      .source = "Bonwick and Adams, Magazines and Vmem (USENIX 2001); illumos' libumem",
      .progress = Progress::blocking,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound =
          "buffer_bytes * (in use + sessions with unread bytes + workers * 2 * batch + list_bound)",
      .costs = {.requests = Parameters{}.batch, .with_handoff = {.locks = 2}},
  };
  class Worker : public PooledWorker<Worker, P, StrategyCore<P>, Buffer> {
    using Base = PooledWorker<Worker, P, StrategyCore<P>, Buffer>;

   public:
    Worker(Magazines& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)), strategy_(strategy), index_(index) {
      strategy_.caches_.set(index_, &pair_);
      follow_size();
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      for (Half* half : {&pair_.loaded, &pair_.previous}) {
        unload(*half);
        if (half->magazine != nullptr) strategy_.depot_.leave_empty(half->magazine);
      }
      strategy_.caches_.set(index_, nullptr);
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      const std::uint32_t n = pair_.loaded.rounds;
      return n != 0 ? unload_one(n) : acquire_elsewhere();
    }
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      released->clear();
      const std::uint32_t n = pair_.loaded.rounds;
      if (released->generation != seen_generation_ || n >= room_) [[unlikely]] {
        release_elsewhere(released);
      } else {
        load_one(n, released);
      }
    }
    [[nodiscard]] bool housekeep() noexcept {
      if (seen_generation_ != strategy_.size_.load().generation) [[unlikely]] {
        follow_size();
      }
      return false;
    }

   private:
    Buffer* unload_one(std::uint32_t n) noexcept {
      pair_.loaded.rounds = n - 1;
      return pair_.loaded.magazine->slots[n - 1];
    }
    void load_one(std::uint32_t n, Buffer* buffer) noexcept {
      pair_.loaded.magazine->slots[n] = buffer;
      pair_.loaded.rounds = n + 1;
    }
    [[nodiscard, gnu::noinline]] Buffer* acquire_elsewhere() noexcept {
      return reload() ? unload_one(pair_.loaded.rounds) : strategy_.make(this->tally());
    }
    [[gnu::noinline]] void release_elsewhere(Buffer* buffer) noexcept {
      if (buffer->generation == seen_generation_ && make_room()) {
        load_one(pair_.loaded.rounds, buffer);
      } else {
        strategy_.destroy(buffer, this->tally());
      }
    }
    // Something to take from; false: neither the previous magazine nor the depot has it.
    bool reload() noexcept {
      Half& previous = pair_.previous;
      if (previous.rounds == 0) {
        std::uint32_t rounds = 0;
        Magazine<P>* const full =
            strategy_.depot_.exchange_for_full(previous.magazine, rounds, seen_generation_);
        if (full == nullptr) return false;
        previous.magazine = full;
        previous.rounds = rounds;
      }
      turn();
      return true;
    }
    // Room to put into; false: there is none.
    bool make_room() noexcept {
      Half& previous = pair_.previous;
      unload(previous);
      if (previous.magazine == nullptr && strategy_.capacity_ != 0) {
        previous.magazine = strategy_.depot_.empty_one();
      }
      if (previous.magazine == nullptr) return false;
      turn();
      return true;
    }
    // What is in it goes to the depot, for an empty magazine or none; or is freed, if the depot is full.
    void unload(Half& half) noexcept {
      if (half.rounds == 0) return;
      Magazine<P>* const other =
          strategy_.depot_.exchange_for_empty(half.magazine, half.rounds, seen_generation_);
      if (other == half.magazine) return empty(half);
      half.rounds = 0;
      half.magazine = other;
    }
    void turn() noexcept {
      const std::uint32_t rounds = pair_.loaded.rounds;
      pair_.loaded.rounds = std::uint32_t{pair_.previous.rounds};
      pair_.previous.rounds = rounds;
      std::swap(pair_.loaded.magazine, pair_.previous.magazine);
      room_ = strategy_.capacity_;
    }
    void empty(Half& half) noexcept {
      for (std::uint32_t i = 0; i < half.rounds; ++i) {
        strategy_.destroy(half.magazine->slots[i], this->tally());
      }
      half.rounds = 0;
    }
    // The worker that comes first after a change empties the depot.
    [[gnu::noinline]] void follow_size() noexcept {
      seen_generation_ = strategy_.depot_.follow(strategy_.size_, strategy_.store_, this->tally());
      empty(pair_.loaded);
      empty(pair_.previous);
    }

    MagazinePair<P> pair_;
    Magazines& strategy_;
    std::uint32_t index_;
    std::uint32_t seen_generation_ = 0;
    std::uint32_t room_ = 0;  // of the magazine at hand
  };
  using Session = KeepingSession<StrategyCore<P>>;
  using Slot = EmptySlot;

  explicit Magazines(const Parameters& parameters)
      : Core(parameters),
        capacity_(std::min(parameters.batch, own_share(parameters, 2 * parameters.batch) / 2)),
        depot_(parameters.list_bound) {}
  ~Magazines() { depot_.clear(this->store_, this->books_.outside()); }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() { return this->exact(depot_.holding()); }
  [[nodiscard]] Footprint sample() const { return this->approximate(depot_.buffers()); }

 private:
  std::uint32_t capacity_;  // of a magazine, buffers
  MagazineStore<P> depot_;
};
static_assert(Strategy<Magazines<>>);

}  // namespace baton
