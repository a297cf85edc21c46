#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/homing.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// Return to owner: a buffer goes back to the worker that acquired it, wherever it was released.
//
// A worker acquires from its own list. What it releases of its own goes there; what it releases of another's
// is gathered by owner, and a batch goes into the owner's inbox with one exchange, or fewer after so many
// request boundaries. When its own list is empty a worker takes all of its inbox with one exchange and uses
// it a batch at a time, so that no drain takes long. If there is nothing it looks at the inboxes of workers
// that have left, and then makes a buffer.
//
// Two threads: a client worker's buffers go out one by one and come back by the batch: two exchanges for a
// batch of handoffs, on a line that the owner and those who release to it use. But what an owner does not
// fetch, because it sleeps, nobody else uses, unless buffers or memory have run out.
template <class P = NativePlatform>
class ReturnToOwner : public CachingCore<P, HomingCache<P>, ClusteredBuffer<P>> {
  using Buffer = ClusteredBuffer<P>;
  using Core = CachingCore<P, HomingCache<P>, Buffer>;

 public:
  static constexpr Promises kPromises{
      .name = "return_to_owner",
      .summary = "a buffer released elsewhere goes back to its owner's inbox, by the batch",
      .source = "snmalloc (Lietar et al., ISMM 2019), Seastar, Netty's Recycler",
      .progress = Progress::lock_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound =
          "buffer_bytes * workers * (most in use of one owner's at once + 8 * batch + list_bound / workers)",
      .costs = {.requests = Parameters{}.batch, .with_handoff = {.atomic_rmw = 2}},
  };
  class Worker : public PooledWorker<Worker, P, Core, Buffer> {
    using Base = PooledWorker<Worker, P, Core, Buffer>;

   public:
    Worker(ReturnToOwner& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
          strategy_(strategy),
          index_(index),
          seen_generation_(strategy.size_.load().generation) {
      strategy_.inboxes_.set_attached(index_, true);
      strategy_.caches_.set(index_, &cache_);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      send_all();
      strategy_.inboxes_.set_attached(index_, false);
      strategy_.caches_.set(index_, nullptr);
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      Buffer* const buffer = cache_.pop();
      return buffer != nullptr ? buffer : acquire_elsewhere();
    }
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      released->clear();
      if (released->home != index_ || released->generation != seen_generation_ ||
          !cache_.push(released, strategy_.most_)) [[unlikely]] {
        release_elsewhere(released);
      }
    }
    [[nodiscard]] bool housekeep() noexcept {
      boundaries_ = cache_.sends() ? boundaries_ + 1 : 0;
      if (boundaries_ >= 2 * strategy_.batch_) {
        cache_.send_gathered(send());
      }
      const std::uint32_t generation = strategy_.size_.load().generation;
      if (seen_generation_ != generation) [[unlikely]] {
        seen_generation_ = generation;
        send_all();
        free_stale();
      }
      return false;
    }

   private:
    auto send() noexcept {
      return [this](std::uint32_t home, Buffer* cluster) {
        this->tally().enter(Holder::shared, cluster->held_bytes, cluster->cluster);
        strategy_.inboxes_.put(home, cluster);
      };
    }
    [[gnu::noinline]] void send_all() noexcept {
      cache_.send_gathered(send());
      cache_.send_own(index_, send());
      strategy_.inboxes_.put_all(index_, std::exchange(later_, nullptr));
    }
    [[nodiscard, gnu::noinline]] Buffer* acquire_elsewhere() noexcept {
      later_ = later_ != nullptr ? later_ : strategy_.inboxes_.take_for(index_);
      if (Buffer* const buffer = unpack()) {
        return buffer;
      }
      if (Buffer* const made = strategy_.make(this->tally())) {
        made->home = index_;
        return made;
      }
      later_ = strategy_.inboxes_.take_any();  // the last resort: whosever it is
      return unpack();
    }
    [[gnu::noinline]] void release_elsewhere(Buffer* buffer) noexcept {
      if (buffer->generation == seen_generation_ && buffer->home != index_) {
        cache_.gather(buffer, strategy_.batch_, send());
      } else {
        strategy_.destroy(buffer, this->tally());
      }
    }
    // One of the next cluster's, whose others go to its own list; nullptr: there is none.
    Buffer* unpack() noexcept {
      while (cache_.own() == 0 && later_ != nullptr) {
        Buffer* cluster = std::exchange(later_, later_->warmer);
        this->tally().leave(Holder::shared, cluster->held_bytes, cluster->cluster);
        if (cluster->generation != seen_generation_) [[unlikely]] {
          strategy_.destroy_cluster(cluster, this->tally());
          continue;
        }
        for (std::uint32_t left = cluster->cluster; left != 0; --left) {
          Buffer* const buffer = std::exchange(cluster, cluster->colder());
          buffer->home = index_;
          static_cast<void>(cache_.push(buffer, ~0U));
        }
      }
      if (strategy_.store_.limited()) {  // or it would lie where nobody else gets at it
        strategy_.inboxes_.put_all(index_, std::exchange(later_, nullptr));
      }
      return cache_.pop();
    }
    // What is on its way to anybody of an earlier size dies.
    [[gnu::noinline]] void free_stale() noexcept {
      for (std::uint32_t home = 0; home < strategy_.inboxes_.workers(); ++home) {
        strategy_.inboxes_.each(strategy_.inboxes_.take_all(home), [&](Buffer* cluster) {
          if (cluster->generation == seen_generation_) {
            strategy_.inboxes_.put(home, cluster);
          } else {
            this->tally().leave(Holder::shared, cluster->held_bytes, cluster->cluster);
            strategy_.destroy_cluster(cluster, this->tally());
          }
        });
      }
    }

    HomingCache<P> cache_;
    Buffer* later_ = nullptr;  // clusters from an inbox, for when the own list is empty again
    ReturnToOwner& strategy_;
    std::uint32_t index_;
    std::uint32_t boundaries_ = 0;  // since there is something to be sent
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit ReturnToOwner(const Parameters& parameters)
      : Core(parameters),
        batch_(parameters.max_buffers != 0 ? 1 : parameters.batch),
        most_(own_share(parameters,
                        std::max(2 * parameters.batch, parameters.list_bound / parameters.workers))),
        inboxes_(parameters.workers) {}
  ~ReturnToOwner() {
    while (Buffer* const clusters = inboxes_.take_any()) {
      inboxes_.each(clusters, [this](Buffer* cluster) {
        this->books_.outside().leave(Holder::shared, cluster->held_bytes, cluster->cluster);
        destroy_cluster(cluster, this->books_.outside());
      });
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() { return this->exact({}); }
  [[nodiscard]] Footprint sample() const { return this->approximate(0); }

 private:
  template <class Tally>
  void destroy_cluster(Buffer* cluster, Tally& tally) noexcept {
    for (std::uint32_t left = cluster->cluster; left != 0; --left) {
      this->store_.destroy(std::exchange(cluster, cluster->colder()), tally);
    }
  }

  std::uint32_t batch_;
  std::uint32_t most_;  // in a worker's own list
  Inboxes<P> inboxes_;
};
static_assert(Strategy<ReturnToOwner<>>);

}  // namespace baton
