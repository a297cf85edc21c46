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
      .costs = {.requests = 1, .without_handoff = {.locks = 4}, .with_handoff = {.locks = 4}},
  };
  class Worker : public PooledWorker<Worker, P, StrategyCore<P>, Buffer> {
    using Base = PooledWorker<Worker, P, StrategyCore<P>, Buffer>;

   public:
    Worker(LockedPool& pool, std::uint32_t index) noexcept : Base(pool.books_.of(index)), pool_(pool) {
      follow_size();
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      Buffer* const buffer = pop();
      return buffer != nullptr ? buffer : make();
    }
    void release(ConnBuffer* buffer) noexcept {
      if (Buffer* const released = this->header_of(buffer); !push(released)) {
        pool_.store_.destroy(released, this->tally());
      }
    }
    [[nodiscard]] bool housekeep() noexcept {
      if (seen_generation_ != pool_.size_.load().generation) [[unlikely]] {
        follow_size();
      }
      return false;
    }

   private:
    // nullptr if the list is empty.
    Buffer* pop() noexcept {
      const std::lock_guard lock(pool_.mutex_);
      return pool_.unused_.pop();
    }
    // False if the list is full, or of another size.
    bool push(Buffer* buffer) noexcept {
      buffer->clear();
      const std::uint32_t generation = buffer->generation;
      const std::lock_guard lock(pool_.mutex_);
      if (generation != pool_.unused_.stamp().generation || pool_.unused_.size() >= pool_.list_bound_) {
        return false;
      }
      pool_.unused_.push(buffer);
      return true;
    }
    [[gnu::noinline]] Buffer* make() noexcept { return pool_.store_.make(pool_.size_.load(), this->tally()); }
    // The worker that comes first after a change empties the list.
    [[gnu::noinline]] void follow_size() noexcept {
      BufferList<P> condemned;
      {
        const std::lock_guard lock(pool_.mutex_);
        const SizeStamp size = pool_.size_.load();
        seen_generation_ = size.generation;
        if (pool_.unused_.stamp().generation != size.generation) {
          pool_.unused_.restamp(size, condemned);
        }
      }
      while (Buffer* const buffer = condemned.pop()) {
        pool_.store_.destroy(buffer, this->tally());
      }
    }

    LockedPool& pool_;
    std::uint32_t seen_generation_ = 0;
  };
  using Session = KeepingSession<StrategyCore<P>>;
  using Slot = EmptySlot;

  explicit LockedPool(const Parameters& parameters)
      : StrategyCore<P>(parameters), list_bound_(parameters.list_bound) {
    P::named(&mutex_, sizeof mutex_, "list lock");
  }
  ~LockedPool() {
    while (Buffer* const buffer = unused_.pop()) {
      this->store_.destroy(buffer, this->books_.outside());
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() {
    Footprint sum = this->books_.sum();
    sum.shared += unused_.holding();
    return sum;
  }
  // Supposes that all unused buffers are of the size in force.
  [[nodiscard]] Footprint sample() const {
    Footprint sum = this->books_.sum();
    const std::size_t buffers = unused_.size();
    sum.shared += {buffers, buffers * this->size_.load().bytes};
    return sum;
  }

 private:
  std::uint32_t list_bound_;
  alignas(kCacheLineBytes)
      typename P::Mutex mutex_;  // with the list it protects, and nothing else, on the line
  UnusedList<P> unused_;
};
static_assert(Strategy<LockedPool<>>);
static_assert(alignof(LockedPool<>) == kCacheLineBytes,
              "the mutex would share a line with what everybody only reads");

}  // namespace baton
