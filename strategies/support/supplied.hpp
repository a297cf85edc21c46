// The strategy around supply.hpp: what two_cache and two_cache_shared_lock are made of.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "strategies/contract.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/pooled.hpp"
#include "strategies/support/supply.hpp"

namespace baton {

// The list has a lock of its own: housekeeping takes it, once, when something is to be moved.
struct OwnLock {
  template <class P>
  struct alignas(kCacheLineBytes) Pool {
    typename P::Mutex mutex;
    UnusedList<P> list;

    Pool() noexcept { P::named(&mutex, sizeof mutex, "list lock"); }
  };
};
// The list is protected by the lock of the runner's thread pool, which the worker holds in
// housekeep_locked anyway.
struct ThreadPoolLock {
  template <class P>
  struct alignas(kCacheLineBytes) Pool {
    UnusedList<P> list;
  };
};
static_assert(alignof(OwnLock::Pool<NativePlatform>) == kCacheLineBytes &&
                  alignof(ThreadPoolLock::Pool<NativePlatform>) == kCacheLineBytes,
              "two thread pools' lists are written by different threads");

template <class P, class Lock>
class SuppliedStrategy : public CachingCore<P, Shelf<P>> {
  using Core = CachingCore<P, Shelf<P>>;
  using Buffer = StoredBuffer<P>;
  using Pool = typename Lock::template Pool<P>;

 public:
  class Worker : public PooledWorker<Worker, P, StrategyCore<P>, Buffer> {
    using Base = PooledWorker<Worker, P, StrategyCore<P>, Buffer>;
    static constexpr bool kOwnLock = std::same_as<Lock, OwnLock>;

   public:
    Worker(SuppliedStrategy& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
          supply_(strategy.books_.of(index), strategy.store_, strategy.parameters_, strategy.size_.load()),
          size_(strategy.size_),
          pool_(strategy.pools_[index % strategy.parameters_.pools]),
          registry_(strategy.caches_),
          index_(index) {
      registry_.set(index_, &supply_.shelf());
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      supply_.want_nothing();
      if constexpr (kOwnLock) {
        exchange();
      }
      supply_.settle();
      registry_.set(index_, nullptr);
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept { return supply_.acquire(); }
    void release(ConnBuffer* buffer) noexcept { supply_.release(this->header_of(buffer)); }
    void gained() noexcept { supply_.gained(); }
    void lost() noexcept { supply_.lost(); }

    [[nodiscard]] bool housekeep() noexcept {
      if constexpr (kOwnLock) {
        if (!supply_.exchange_due(size_.load())) {
          return false;
        }
        exchange();
      }
      supply_.settle();
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

    Supply<P> supply_;
    SizeSetting<P>& size_;
    Pool& pool_;
    CacheRegistry<P, Shelf<P>>& registry_;
    std::uint32_t index_;
  };
  using Session = KeepingSession<StrategyCore<P>>;
  using Slot = EmptySlot;

  explicit SuppliedStrategy(const Parameters& parameters)
      : Core(parameters), parameters_(parameters), pools_(std::make_unique<Pool[]>(parameters.pools)) {}
  ~SuppliedStrategy() {
    for (std::uint32_t i = 0; i < parameters_.pools; ++i) {
      while (Buffer* const buffer = pools_[i].list.pop()) {
        this->store_.destroy(buffer, this->books_.outside());
      }
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() {
    Holding listed;
    for_each_list([&](const UnusedList<P>& list) { listed += list.holding(); });
    return this->exact(listed);
  }
  [[nodiscard]] Footprint sample() const {
    std::size_t listed = 0;
    for_each_list([&](const UnusedList<P>& list) { listed += list.size(); });
    return this->approximate(listed);
  }

 private:
  template <class Visitor>
  void for_each_list(Visitor visit) const {
    for (std::uint32_t i = 0; i < parameters_.pools; ++i) {
      visit(pools_[i].list);
    }
  }

  Parameters parameters_;
  std::unique_ptr<Pool[]> pools_;
};

}  // namespace baton
