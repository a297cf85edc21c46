// A strategy around a pool that is there already: boost::pool, as it comes with the library.
#pragma once

#include <boost/pool/pool.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/refusal.hpp"
#include "strategies/support/buffer_limit.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// boost::pool as the store of a strategy (strategies/support/buffer_store.hpp is the usual one). It is for
// one thread, knows one size, and gives nothing back unless what is free is in order: so there are a mutex
// and a pool for each size that was in force, and what is freed to an earlier one goes back in order. One
// chunk to a block, so that it takes memory buffer by buffer as the others do.
template <class P>
class BoostStore {
  using Buffer = StoredBuffer<P>;

 public:
  explicit BoostStore(std::uint32_t max_buffers) : limit_(max_buffers) {
    P::named(&mutex_, sizeof mutex_, "pool lock");
  }

  template <class Tally>
  [[nodiscard]] Buffer* make(SizeStamp size, Tally& tally) noexcept {
    void* const chunk = chunk_of(size, tally);
    if (chunk == nullptr) {
      return nullptr;
    }
    void* place = chunk;
    std::size_t room = chunk_bytes(size);
    std::align(kCacheLineBytes, kCacheLineBytes, place, room);  // cannot fail: chunk_bytes has the slack
    auto* const buffer = ::new (place) Buffer;
    buffer->storage = static_cast<char*>(place) + kCacheLineBytes;
    buffer->capacity = buffer->held_bytes = size.bytes;
    buffer->generation = size.generation;
    buffer->slack = static_cast<std::uint32_t>(chunk_bytes(size) - room);
    P::named(place, kCacheLineBytes, "buffer header");
    P::named(buffer->storage, size.bytes, "buffer storage");
    return buffer;
  }
  template <class Tally>
  void destroy(Buffer* buffer, Tally& tally) noexcept {
    const std::uint32_t generation = buffer->generation;
    void* const chunk = reinterpret_cast<char*>(buffer) - buffer->slack;
    std::destroy_at(buffer);
    const std::lock_guard lock(mutex_);
    if (generation == pool_->size.generation) {
      pool_->chunks.free(chunk);
      ++pool_->unused;
      tally.enter(Holder::shared, pool_->size.bytes);
      return;
    }
    Pool* earlier = pool_->earlier.get();
    while (earlier->size.generation != generation) {
      earlier = earlier->earlier.get();
    }
    earlier->chunks.ordered_free(chunk);
    earlier->chunks.release_memory();
    tally.destroyed(earlier->size.bytes);
    limit_.unreserve();
  }
  // Nothing unused of an earlier size is left behind this. False: no memory, and nothing has changed.
  template <class Tally>
  bool follow(SizeStamp size, Tally& tally) noexcept {
    const std::lock_guard lock(mutex_);
    return follow_locked(size, tally);
  }

 private:
  // Where a boost::pool takes its blocks from.
  struct Blocks {
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    static char* malloc(size_type bytes) noexcept { return static_cast<char*>(P::allocate(bytes)); }
    static void free(char* block) noexcept { P::deallocate(block); }
  };
  struct Pool {
    explicit Pool(SizeStamp in_force) : size(in_force), chunks(chunk_bytes(in_force), 1, 1) {}
    SizeStamp size;
    boost::pool<Blocks> chunks;
    std::uint32_t unused = 0;
    std::unique_ptr<Pool> earlier;  // until the strategy dies: it is small when all it had is free
  };

  static std::size_t chunk_bytes(SizeStamp size) noexcept {
    return kCacheLineBytes - 1 + kCacheLineBytes + size.bytes + P::kGuardBytes;
  }

  template <class Tally>
  void* chunk_of(SizeStamp& size, Tally& tally) noexcept {
    const std::lock_guard lock(mutex_);
    if (!follow_locked(size, tally)) {
      return nullptr;
    }
    size = pool_->size;  // another worker may have seen a later one
    const bool reused = pool_->unused != 0;
    if (!reused && !limit_.reserve()) {
      return nullptr;
    }
    void* const chunk = pool_->chunks.malloc();
    if (reused) {
      --pool_->unused;
      tally.leave(Holder::shared, size.bytes);
    } else if (chunk != nullptr) {
      tally.created(size.bytes);
    } else {
      limit_.unreserve();
    }
    return chunk;
  }
  template <class Tally>
  bool follow_locked(SizeStamp size, Tally& tally) noexcept {
    if (pool_ != nullptr && pool_->size.generation >= size.generation) {
      return true;
    }
    auto* const pool = new (std::nothrow) Pool(size);
    if (pool == nullptr) {
      return false;
    }
    pool->earlier = std::exchange(pool_, std::unique_ptr<Pool>(pool));
    if (pool->earlier != nullptr) {
      trim(*pool->earlier, tally);
    }
    return true;
  }
  // All chunks are taken out first: free() has put them in no order.
  template <class Tally>
  void trim(Pool& pool, Tally& tally) noexcept {
    void* chunks = nullptr;
    for (; pool.unused != 0; --pool.unused) {
      void* const chunk = pool.chunks.malloc();
      *static_cast<void**>(chunk) = std::exchange(chunks, chunk);
      tally.leave(Holder::shared, pool.size.bytes);
      tally.destroyed(pool.size.bytes);
      limit_.unreserve();
    }
    while (chunks != nullptr) {
      pool.chunks.ordered_free(std::exchange(chunks, *static_cast<void**>(chunks)));
    }
    pool.chunks.release_memory();
  }

  BufferLimit<P> limit_;
  alignas(kCacheLineBytes) typename P::Mutex mutex_;
  std::unique_ptr<Pool> pool_;  // of the size in force; nullptr until it is asked for
};

template <class P = NativePlatform>
class BoostPool : public StrategyCore<P, StoredBuffer<P>, BoostStore<P>> {
  using Buffer = StoredBuffer<P>;
  using Core = StrategyCore<P, Buffer, BoostStore<P>>;

 public:
  static constexpr Promises kPromises{
      .name = "boost_pool",
      .summary = "boost::pool behind one mutex, a pool for each size",
      .source = "Boost.Pool (Cleary, 2000)",
      .progress = Progress::blocking,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * most (in use + sessions with unread bytes) at once; nothing is trimmed",
      .costs = {.requests = 1, .without_handoff = {.locks = 4}, .with_handoff = {.locks = 4}},
  };
  class Worker : public PooledWorker<Worker, P, Core, Buffer> {
    using Base = PooledWorker<Worker, P, Core, Buffer>;

   public:
    Worker(BoostPool& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)), strategy_(strategy) {}

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      return strategy_.store_.make(strategy_.size_.load(), this->tally());
    }
    void release(ConnBuffer* buffer) noexcept {
      strategy_.store_.destroy(this->header_of(buffer), this->tally());
    }
    [[nodiscard]] bool housekeep() noexcept {
      const SizeStamp size = strategy_.size_.load();
      if (seen_generation_ != size.generation && strategy_.store_.follow(size, this->tally())) {
        seen_generation_ = size.generation;
      }
      return false;
    }

   private:
    BoostPool& strategy_;
    std::uint32_t seen_generation_ = 0;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit BoostPool(const Parameters& parameters) : Core(parameters) {}

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
};
static_assert(is_strategy<BoostPool<>>());

}  // namespace baton
