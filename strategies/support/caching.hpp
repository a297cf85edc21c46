// What strategies with a cache for each worker do alike: know the caches, answer for what lies in them, and
// keep them small where buffers are limited.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>

#include "strategies/parameters.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/tally.hpp"

namespace baton {

inline constexpr std::uint32_t kBuffersOfARequest = 2;

// How many of `wanted` a worker may keep where nobody else gets at them. Without a limit on buffers, all.
// With one, so few that two buffers can always be had by a worker that asks while all others are idle.
constexpr std::uint32_t own_share(const Parameters& parameters, std::uint32_t wanted) noexcept {
  const std::uint32_t limit = parameters.max_buffers;
  if (limit == 0) {
    return wanted;
  }
  const std::uint32_t others = parameters.workers - 1;
  const std::uint32_t spare = limit - std::min(limit, kBuffersOfARequest);
  return std::min({wanted, limit, others == 0 ? wanted : spare / others});
}

// The caches of the attached workers. Any thread may call anything.
template <class P, class Cache>
class CacheRegistry {
 public:
  explicit CacheRegistry(std::uint32_t workers)
      : workers_(workers), caches_(std::make_unique<const Cache*[]>(workers)) {}

  // nullptr: the worker leaves, with an empty cache.
  void set(std::uint32_t worker, const Cache* cache) noexcept {
    const std::lock_guard lock(mutex_);
    caches_[worker] = cache;
  }
  template <class Visitor>
  void for_each(Visitor visit) const {
    const std::lock_guard lock(mutex_);
    for (std::uint32_t i = 0; i < workers_; ++i) {
      if (caches_[i] != nullptr) {
        visit(*caches_[i]);
      }
    }
  }

 private:
  std::uint32_t workers_;
  mutable typename P::Mutex mutex_;  // so that no cache goes while somebody looks at it
  std::unique_ptr<const Cache*[]> caches_;
};

// Base of a strategy whose workers have a Cache each, which lies in the Worker, so that acquire and release
// reach it without a load. Cache tells size(), approximate while its worker runs, and holding(), exact and
// for quiet workers only.
template <class P, class Cache, class Header = StoredBuffer<P>, class Store = BufferStore<P, Header>>
class CachingCore : public StrategyCore<P, Header, Store> {
 protected:
  // Not inlined, both: what acquire and release do nearly always is a dozen instructions, and the compiler is
  // to put those, and not the allocator's business, into their callers.
  [[nodiscard, gnu::noinline]] Header* make(WorkerTally<P>& tally) noexcept {
    return this->store_.make(this->size_.load(), tally);
  }
  [[gnu::noinline]] void destroy(Header* buffer, WorkerTally<P>& tally) noexcept {
    this->store_.destroy(buffer, tally);
  }

  explicit CachingCore(const Parameters& parameters)
      : StrategyCore<P, Header, Store>(parameters), caches_(parameters.workers) {}

  [[nodiscard]] Footprint exact(Holding shared) const {
    Footprint sum = this->books_.sum();
    caches_.for_each([&](const Cache& cache) { sum.supplies += cache.holding(); });
    sum.shared += shared;
    return sum;
  }
  // Supposes that all unused buffers are of the size in force, because looking at them would be a race.
  [[nodiscard]] Footprint approximate(std::size_t shared) const {
    Footprint sum = this->books_.sum();
    const std::size_t bytes = this->size_.load().bytes;
    const auto of = [bytes](std::size_t buffers) { return Holding{buffers, buffers * bytes}; };
    caches_.for_each([&](const Cache& cache) { sum.supplies += of(cache.size()); });
    sum.shared += of(shared);
    return sum;
  }

  CacheRegistry<P, Cache> caches_;
};

}  // namespace baton
