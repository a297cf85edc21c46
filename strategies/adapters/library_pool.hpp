// What adapters have in common: a pool whose list of unused buffers is a concurrent container of a library.
#pragma once

#include <cstdint>

#include "strategies/contract.hpp"
#include "strategies/support/buffer_list.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// `Container`, made from Parameters::list_bound, has a class Handle, made from the container for each worker
// on its thread, with
//   bool try_pop(Buffer*& buffer)   false: it looks empty
//   bool push(Buffer* buffer)       false: full, or no memory
// neither of which throws. Its own locks, exchanges and allocations are not of the platform: neither the
// ledger nor the model checker sees them. `push` publishes the buffer to the `try_pop` that returns it: the
// library's promise.
template <class P, class Container>
class LibraryPool : public StrategyCore<P> {
 public:
  using Buffer = StoredBuffer<P>;

  class Worker : public PooledWorker<Worker, P, StrategyCore<P>, Buffer> {
    using Base = PooledWorker<Worker, P, StrategyCore<P>, Buffer>;

   public:
    Worker(LibraryPool& pool, std::uint32_t index)
        : Base(pool.books_.of(index)),
          pool_(pool),
          unused_(pool.unused_),
          seen_generation_(pool.size_.load().generation) {}

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
      Buffer* buffer = nullptr;
      if (!unused_.try_pop(buffer)) {
        return nullptr;
      }
      this->tally().leave(Holder::shared, buffer->held_bytes);
      return buffer;
    }
    bool push(Buffer* buffer) noexcept {
      buffer->clear();
      const std::uint32_t held = buffer->held_bytes;  // it may be another worker's as soon as it is pushed
      if (!unused_.push(buffer)) {
        return false;
      }
      this->tally().enter(Holder::shared, held);
      return true;
    }
    // Containers cannot be searched: everything is taken out, and what still has the right size put back.
    void free_stale() noexcept {
      seen_generation_ = pool_.size_.load().generation;
      BufferList<P> current;
      while (Buffer* const buffer = pop()) {
        if (buffer->generation == seen_generation_) {
          current.push(buffer);
        } else {
          pool_.store_.destroy(buffer, this->tally());
        }
      }
      while (Buffer* const buffer = current.pop()) {
        if (!push(buffer)) {
          pool_.store_.destroy(buffer, this->tally());
        }
      }
    }

    LibraryPool& pool_;
    typename Container::Handle unused_;
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<StrategyCore<P>>;
  using Slot = EmptySlot;

  explicit LibraryPool(const Parameters& parameters)
      : StrategyCore<P>(parameters), unused_(parameters.list_bound) {}
  ~LibraryPool() {
    typename Container::Handle unused(unused_);
    for (Buffer* buffer = nullptr; unused.try_pop(buffer);) {
      this->drop(buffer, Holder::shared);
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }

 private:
  alignas(kCacheLineBytes) Container unused_;
};

}  // namespace baton
