#pragma once

#include <cstdint>
#include <mutex>

#include "strategies/contract.hpp"
#include "strategies/support/buffer_list.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// Global-locked pool: one LIFO list of unused buffers behind one mutex.
//
// Two threads: a client worker pops a buffer and gives it away, the fetch worker pushes it back; the next
// acquire on either gets it. Nothing is stranded and nobody waits for a reader, but every acquire and
// every release of every thread meets on one lock. The lock covers a few pointer writes: buffers are made
// and freed outside it.
template <class P = NativePlatform>
class LockedPool : public StrategyCore<P> {
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
  class Worker : public PooledWorker<Worker, P, StrategyCore<P>, Buffer> {
    using Base = PooledWorker<Worker, P, StrategyCore<P>, Buffer>;

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
  using Session = KeepingSession<StrategyCore<P>>;
  using Slot = EmptySlot;

  explicit LockedPool(const Parameters& parameters)
      : StrategyCore<P>(parameters), list_bound_(parameters.list_bound) {}
  ~LockedPool() {
    while (Buffer* const buffer = unused_.pop()) {
      this->drop(buffer, Holder::shared);
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }

 private:
  std::uint32_t list_bound_;
  alignas(kCacheLineBytes)
      typename P::Mutex mutex_;  // with the list it protects, and nothing else, on the line
  BufferList<P> unused_;
};
static_assert(Strategy<LockedPool<>>);
static_assert(alignof(LockedPool<>) == kCacheLineBytes,
              "the mutex would share a line with what everybody only reads");

}  // namespace baton
