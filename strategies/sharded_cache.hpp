#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/pooled.hpp"
#include "strategies/support/sharded_list.hpp"
#include "strategies/support/sliding_need.hpp"
#include "strategies/support/warm_to_cold.hpp"

namespace baton {

inline constexpr std::uint32_t kEvictionsALook = 8;  // at everybody's counts

// Thread caches over sharded lists: every worker has a cache bounded in bytes, and clusters of a batch lie on
// several lists whose heads lock themselves for a few instructions.
//
// When a worker's cache grows beyond cache_bytes, its coldest go by clusters to lists drawn at random, down
// to seven eighths; when it is empty, a cluster comes from a list drawn at random, and from a second one if
// the first was empty. If more than 125 % of what was needed lately are alive, a cluster is freed and not
// listed.
//
// Two threads: a client worker's buffers all leave, the fetch worker's all arrive; a batch crosses a list at
// a time, with one exchange and one count at either end. Who is put to sleep in a head makes others wait.
template <class P = NativePlatform>
class ShardedCache : public CachingCore<P, WarmToCold<P>, ClusteredBuffer<P>> {
  using Buffer = ClusteredBuffer<P>;
  using Core = CachingCore<P, WarmToCold<P>, Buffer>;

 public:
  static constexpr Promises kPromises{
      .name = "sharded_cache",
      .summary =
          "a cache bounded in bytes with every worker, clusters of a batch on several self-locking lists",
      .source = "HAProxy's pools (2.5 and later)",
      .progress = Progress::blocking,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound =
          "1.25 * buffer_bytes * (most (in use + sessions with unread bytes) at once) + workers * "
          "(cache_bytes + batch * buffer_bytes)",
      .costs = {.requests = Parameters{}.batch, .with_handoff = {.atomic_rmw = 4}},
  };
  class Worker : public PooledWorker<Worker, P, Core, Buffer> {
    using Base = PooledWorker<Worker, P, Core, Buffer>;

   public:
    Worker(ShardedCache& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
          strategy_(strategy),
          index_(index),
          random_(1 + strategy.attached_.fetch_add(1, std::memory_order_relaxed)) {  // relaxed: a number
      strategy_.caches_.set(index_, &own_);
      see(strategy.size_.load());
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      while (own_.size() != 0) {
        // Whoever leaves looks at each cluster: workers may come and go without evicting any.
        evictions_ = kEvictionsALook - 1;
        evict_to(own_.size() - std::min(own_.size(), strategy_.parameters_.batch));
      }
      strategy_.caches_.set(index_, nullptr);
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      return own_.size() != 0 ? own_.pop_warmest() : refill();
    }
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      released->clear();
      if (released->generation != seen_generation_) [[unlikely]] {
        destroy(released);
        return;
      }
      own_.push(released);
      if (own_.size() > most_) [[unlikely]] {
        evict_to(most_ * 7 / 8);
      }
    }
    [[nodiscard]] bool housekeep() noexcept {
      const SizeStamp size = strategy_.size_.load();
      if (seen_generation_ != size.generation) [[unlikely]] {
        see(size);
        free_stale();
      }
      return false;
    }

   private:
    void see(SizeStamp size) noexcept {
      seen_generation_ = size.generation;
      most_ = own_share(strategy_.parameters_, std::max(1U, strategy_.parameters_.cache_bytes / size.bytes));
    }
    std::uint32_t shard() const noexcept { return index_ % strategy_.lists_.shards(); }
    std::uint32_t random() noexcept {  // xorshift (Marsaglia 2003)
      random_ ^= random_ << 13U;
      random_ ^= random_ >> 17U;
      random_ ^= random_ << 5U;
      return random_ % strategy_.lists_.shards();
    }
    void destroy(Buffer* buffer) noexcept {
      strategy_.destroy(buffer, this->tally());
      strategy_.need_.destroy(shard(), 1);
    }
    // One for the caller, and the others of its cluster into the cache.
    [[nodiscard, gnu::noinline]] Buffer* refill() noexcept {
      unpack(strategy_.lists_.pop([this] { return random(); }, 2));
      if (own_.size() != 0) {
        return own_.pop_warmest();
      }
      if (Buffer* const made = strategy_.make(this->tally())) {
        strategy_.need_.make(shard());
        return made;
      }
      std::uint32_t next = 0;  // the last resort: all of them
      unpack(strategy_.lists_.pop([&] { return next++ % strategy_.lists_.shards(); },
                                  strategy_.lists_.shards()));
      return own_.size() != 0 ? own_.pop_warmest() : nullptr;
    }
    // From a list into the cache, if it is of the right size. Its buffers are all of one, since one worker
    // listed it.
    void unpack(Buffer* cluster) noexcept {
      if (cluster == nullptr) return;
      strategy_.need_.from_list(shard(), cluster->cluster);
      this->tally().leave(Holder::shared, cluster->held_bytes, cluster->cluster);
      for (std::uint32_t left = cluster->cluster; left != 0; --left) {
        Buffer* const buffer = std::exchange(cluster, cluster->colder());
        if (buffer->generation == seen_generation_) {
          own_.push(buffer);
        } else {
          destroy(buffer);
        }
      }
    }
    [[gnu::noinline]] void evict_to(std::uint32_t n) noexcept {
      while (own_.size() > n) {
        Buffer* cluster = own_.pop_coldest(strategy_.parameters_.batch);
        if (++evictions_ % kEvictionsALook == 0 && strategy_.need_.exceeded()) {
          for (std::uint32_t left = cluster->cluster; left != 0; --left) {
            destroy(std::exchange(cluster, cluster->colder()));
          }
        } else {
          list(cluster);
        }
      }
    }
    void list(Buffer* cluster) noexcept {
      strategy_.need_.to_list(shard(), cluster->cluster);
      this->tally().enter(Holder::shared, cluster->held_bytes, cluster->cluster);
      strategy_.lists_.push(cluster, random());
    }
    [[gnu::noinline]] void free_stale() noexcept {
      while (own_.size() != 0) {
        destroy(own_.pop_warmest());
      }
      strategy_.lists_.take_all([this](Buffer* cluster) {
        unpack(cluster);
        evict_to(0);
      });
    }

    WarmToCold<P> own_;
    ShardedCache& strategy_;
    std::uint32_t index_;
    std::uint32_t random_;
    std::uint32_t evictions_ = 0;
    std::uint32_t most_ = 0;
    std::uint32_t seen_generation_ = 0;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit ShardedCache(const Parameters& parameters)
      : Core(parameters),
        parameters_(parameters),
        lists_(stripes_of(parameters)),
        need_(stripes_of(parameters)) {}
  ~ShardedCache() {
    lists_.take_all([this](Buffer* unused) {
      for (std::uint32_t left = unused->cluster; left != 0; --left) {
        this->drop(std::exchange(unused, unused->colder()), Holder::shared);
      }
    });
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() { return this->exact({}); }
  [[nodiscard]] Footprint sample() const { return this->approximate(0); }

 private:
  Parameters parameters_;
  // Workers so far: each draws lists of its own, or those that follow each other at one place would put
  // buffers where their followers do not look.
  typename P::template Atomic<std::uint32_t> attached_{0};
  ShardedList<P> lists_;
  SlidingNeed<P> need_;
};
static_assert(Strategy<ShardedCache<>>);

}  // namespace baton
