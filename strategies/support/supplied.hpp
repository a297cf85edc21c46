// The strategy around supply.hpp: what two_cache and two_cache_shared_lock are made of.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "strategies/contract.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/pooled.hpp"
#include "strategies/support/supply.hpp"

namespace baton {

// The list has a lock of its own: housekeeping takes it, once, when something is to be moved.
struct OwnLock {
  template <class P>
  struct alignas(kCacheLineBytes) Pool {
    typename P::Mutex mutex;
    SupplyList<P> list;
  };
};
// The list is protected by the lock of the runner's thread pool, which the worker holds in
// housekeep_locked anyway.
struct ThreadPoolLock {
  template <class P>
  struct alignas(kCacheLineBytes) Pool {
    SupplyList<P> list;
  };
};
static_assert(alignof(OwnLock::Pool<NativePlatform>) == kCacheLineBytes &&
                  alignof(ThreadPoolLock::Pool<NativePlatform>) == kCacheLineBytes,
              "two thread pools' lists are written by different threads");
static_assert(alignof(Shelf<NativePlatform>) == kCacheLineBytes,
              "two workers' supplies are written by different threads");

template <class P, class Lock>
class SuppliedStrategy : public StrategyCore<P> {
  using Buffer = StoredBuffer<P>;
  using Pool = typename Lock::template Pool<P>;

 public:
  class Worker : public PooledWorker<Worker, P, StrategyCore<P>, Buffer> {
    using Base = PooledWorker<Worker, P, StrategyCore<P>, Buffer>;
    static constexpr bool kOwnLock = std::same_as<Lock, OwnLock>;

   public:
    Worker(SuppliedStrategy& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
          size_(strategy.size_),
          pool_(strategy.pools_[index % strategy.parameters_.pools]),
          supply_(strategy.shelves_[index], strategy.books_.of(index), strategy.store_, strategy.parameters_,
                  strategy.size_.load().generation) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      supply_.want_nothing();
      if constexpr (kOwnLock) {
        exchange();
      }
      supply_.settle(size_.load());
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept { return supply_.acquire(size_.load()); }
    void release(ConnBuffer* buffer) noexcept { supply_.release(this->header_of(buffer), size_.load()); }
    void gained() noexcept { supply_.gained(); }
    void lost() noexcept { supply_.lost(); }

    [[nodiscard]] bool housekeep() noexcept {
      if constexpr (kOwnLock) {
        if (!supply_.exchange_due(size_.load())) {
          return false;
        }
        exchange();
      }
      supply_.settle(size_.load());
      if constexpr (!kOwnLock) {
        supply_.shed();
      }
      return false;
    }
    void housekeep_locked() noexcept requires(!kOwnLock) {
      if (supply_.exchange_due(size_.load())) {
        supply_.exchange(pool_.list, size_);
      }
    }

   private:
    void exchange() noexcept {
      const std::lock_guard lock(pool_.mutex);
      supply_.exchange(pool_.list, size_);
    }

    SizeSetting<P>& size_;
    Pool& pool_;
    Supply<P> supply_;
  };
  using Session = KeepingSession<StrategyCore<P>>;
  using Slot = EmptySlot;

  explicit SuppliedStrategy(const Parameters& parameters)
      : StrategyCore<P>(parameters),
        parameters_(parameters),
        shelves_(std::make_unique<Shelf<P>[]>(parameters.workers)),
        pools_(std::make_unique<Pool[]>(parameters.pools)) {}
  ~SuppliedStrategy() {
    for (std::uint32_t i = 0; i < parameters_.pools; ++i) {
      while (Buffer* const buffer = pools_[i].list.unused.pop()) {
        this->drop(buffer, Holder::shared);
      }
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() {
    Footprint sum = this->books_.sum();
    for (std::uint32_t i = 0; i < parameters_.workers; ++i) {
      sum.supplies += shelves_[i].holding();
    }
    return sum;
  }
  // Supposes that all supplies are of the size in force, because looking at the buffers would be a race.
  [[nodiscard]] Footprint sample() const {
    Footprint sum = this->books_.sum();
    for (std::uint32_t i = 0; i < parameters_.workers; ++i) {
      const std::size_t buffers = shelves_[i].size();
      sum.supplies += {buffers, buffers * this->size_.load().bytes};
    }
    return sum;
  }

 private:
  Parameters parameters_;
  std::unique_ptr<Shelf<P>[]> shelves_;
  std::unique_ptr<Pool[]> pools_;
};

}  // namespace baton
