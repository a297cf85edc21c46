#pragma once

#include <cstdint>
#include <mutex>

#include "strategies/contract.hpp"
#include "strategies/support/buffer_list.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// Global-locked pool: one LIFO list of unused buffers behind one mutex.
//
// Two threads: a client worker pops a buffer and gives it away, the fetch worker pushes it back; the next
// acquire on either gets it. Nothing is stranded and nobody waits for a reader, but every acquire and every
// release of every thread meets on one lock. The lock covers a few pointer writes: buffers are made and freed
// outside it.
template <class P = NativePlatform>
class LockedPool {
  using Buffer = StoredBuffer<P>;

 public:
  static constexpr Promises kPromises{
      .name = "locked_pool",
      .summary = "one LIFO list, one mutex",
      .source = "the textbook pool; Varnish's mempool (2012) without its guard thread",
      .progress = Progress::blocking,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * (in use + sessions with unread bytes + list_bound)",
  };
  using PlatformType = P;

  class Worker : public PooledWorker<Worker, P, LockedPool, Buffer> {
    using Base = PooledWorker<Worker, P, LockedPool, Buffer>;

   public:
    Worker(LockedPool& pool, std::uint32_t index) noexcept
        : Base(pool.books_.of(index)), pool_(pool), seen_generation_(pool.size_.load().generation) {}

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      const SizeStamp size = pool_.size_.load();
      if (Buffer* const buffer = pop()) {
        if (buffer->generation == size.generation) {
          return buffer;
        }
        pool_.store_.destroy(buffer, this->tally());
      }
      return pool_.store_.make(size, this->tally());
    }
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      if (released->generation != pool_.size_.load().generation || !push(released)) {
        pool_.store_.destroy(released, this->tally());
      }
    }
    [[nodiscard]] bool housekeep() noexcept {
      if (seen_generation_ != pool_.size_.load().generation) {
        free_stale();
      }
      return false;
    }

   private:
    // nullptr if the list is empty.
    Buffer* pop() noexcept {
      const std::lock_guard lock(pool_.mutex_);
      Buffer* const buffer = pool_.unused_.pop();
      if (buffer != nullptr) {
        this->tally().leave(Holder::shared, buffer->held_bytes);
      }
      return buffer;
    }
    // False if the list is full.
    bool push(Buffer* buffer) noexcept {
      buffer->clear();
      const std::lock_guard lock(pool_.mutex_);
      if (pool_.unused_.size() >= pool_.list_bound_) {
        return false;
      }
      pool_.unused_.push(buffer);
      this->tally().enter(Holder::shared, buffer->held_bytes);
      return true;
    }
    void free_stale() noexcept {
      BufferList<P> stale;
      {
        const std::lock_guard lock(pool_.mutex_);
        seen_generation_ = pool_.size_.load().generation;
        pool_.unused_.move_stale_to(stale, seen_generation_);
      }
      while (Buffer* const buffer = stale.pop()) {
        this->tally().leave(Holder::shared, buffer->held_bytes);
        pool_.store_.destroy(buffer, this->tally());
      }
    }

    LockedPool& pool_;
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<LockedPool>;
  using Slot = EmptySlot;

  explicit LockedPool(const Parameters& parameters)
      : size_(validated(parameters).buffer_bytes),
        books_(parameters.workers),
        store_(parameters.max_buffers),
        list_bound_(parameters.list_bound) {}
  LockedPool(const LockedPool&) = delete;
  LockedPool& operator=(const LockedPool&) = delete;
  ~LockedPool() {
    while (Buffer* const buffer = unused_.pop()) {
      books_.outside().leave(Holder::shared, buffer->held_bytes);
      store_.destroy(buffer, books_.outside());
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  void set_buffer_bytes(std::uint32_t bytes) noexcept { size_.set(bytes); }
  [[nodiscard]] Footprint footprint() { return books_.sum(); }
  [[nodiscard]] Footprint sample() const { return books_.sum(); }

  // Of KeepingSession.
  void drop_kept(ConnBuffer* buffer) noexcept {
    auto* const kept = static_cast<Buffer*>(buffer);
    books_.outside().leave(Holder::sessions, kept->held_bytes);
    store_.destroy(kept, books_.outside());
  }

 private:
  SizeSetting<P> size_;
  Books<P> books_;
  BufferStore<P> store_;
  std::uint32_t list_bound_;
  alignas(kCacheLineBytes)
      typename P::Mutex mutex_;  // with the list it protects, and nothing else, on the line
  BufferList<P> unused_;
};
static_assert(Strategy<LockedPool<>>);
static_assert(alignof(LockedPool<>) == kCacheLineBytes,
              "the mutex would share a line with what everybody only reads");

}  // namespace baton
