#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/own_array.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

template <class P>
struct CountedBuffer : StoredBuffer<P> {
  typename P::template Atomic<std::uint32_t> holders{1};  // who may still read the storage
};

// Counted slices: a handoff shares the buffer instead of moving it. The giver keeps a hold on it until its
// next request boundary, what travels is a view of the unread bytes, and whoever lets go last has the buffer.
//
// Two threads: a client worker gives, which raises the count to two; the fetch worker reads on and releases,
// which lowers it; the client worker keeps house and lets go. The buffer ends with the one who came last,
// mostly the giver, so that a pool of its own suffices for it. In between both write the line of the count,
// and a byte that is still to be read keeps the whole buffer from being used again: by its reader, and by its
// giver until the boundary.
//
//   (1) letting go: lowers the count with release, after the last use of the storage
//   (2) the last one: sees all of them with acquire, before the storage is used again
//
// Unused buffers lie in an array of two batches with the worker where they ended; what finds no room is
// freed.
template <class P = NativePlatform>
class RefcountedSlices
    : public CachingCore<P, OwnArray<P, 2 * kMaxBatch, CountedBuffer<P>>, CountedBuffer<P>> {
  using Buffer = CountedBuffer<P>;
  using Own = OwnArray<P, 2 * kMaxBatch, Buffer>;
  using Core = CachingCore<P, Own, Buffer>;

 public:
  static constexpr Promises kPromises{
      .name = "refcounted_slices",
      .summary = "the giver keeps a hold on the buffer, a counted view travels, the last to let go has it",
      .source = "folly's IOBuf, Envoy's buffer slices, Netty's retained slices",
      .progress = Progress::wait_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * (in use + sessions with unread bytes + workers * (2 * batch + 1))",
      .costs = {.requests = 1, .with_handoff = {.atomic_rmw = 1}},
  };
  class Worker : public PooledWorker<Worker, P, Core, Buffer> {
    using Base = PooledWorker<Worker, P, Core, Buffer>;

   public:
    Worker(RefcountedSlices& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
          strategy_(strategy),
          index_(index),
          most_(strategy.most_),
          seen_generation_(strategy.size_.load().generation) {
      strategy_.caches_.set(index_, &own_);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      let_go_of_given();
      free_own();
      strategy_.caches_.set(index_, nullptr);
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      Buffer* const buffer = own_.pop();
      return buffer != nullptr ? buffer : strategy_.make(this->tally());
    }
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept {
      Buffer* const given = this->header_of(buffer);
      // (2) acquire: an earlier giver may have let go just now, and its link is written next. Handing on what
      // another still holds needs no hold of one's own
      if (given->holders.load(std::memory_order_acquire) == 1) {
        given->holders.store(2, std::memory_order_relaxed);  // relaxed: the channel publishes it
        given->next = given_;
        given_ = given;
      }
      return Base::give(buffer);
    }
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      if (released->holders.load(std::memory_order_acquire) == 1) [[likely]] {  // (2) acquire: pairs with (1)
        park(released);
      } else {
        let_go(released);
      }
    }
    [[nodiscard]] bool housekeep() noexcept {
      const std::uint32_t generation = strategy_.size_.load().generation;
      if (seen_generation_ != generation) [[unlikely]] {
        seen_generation_ = generation;
        free_own();
      }
      let_go_of_given();
      return false;
    }

   private:
    // Its owner lets go of what its giver may still hold: then it counts among the supplies until that lets
    // go, too.
    [[gnu::noinline]] void let_go(Buffer* buffer) noexcept {
      const std::uint32_t bytes = buffer->held_bytes;
      this->tally().enter(Holder::supplies, bytes);
      // (1) release and (2) acquire
      if (buffer->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        this->tally().leave(Holder::supplies, bytes);
        park(buffer);
      }
    }
    // Nobody holds it any more.
    void park(Buffer* buffer) noexcept {
      buffer->clear();
      buffer->holders.store(1, std::memory_order_relaxed);  // relaxed: nobody else has it
      if (buffer->generation != seen_generation_ || !own_.push(buffer, most_)) [[unlikely]] {
        strategy_.destroy(buffer, this->tally());
      }
    }
    void let_go_of_given() noexcept {
      while (Buffer* const given = std::exchange(given_, nullptr)) {
        StoredBuffer<P>* const next = given->next;
        given_ = static_cast<Buffer*>(next);
        // (2) acquire and (1) release: as above. One is left if its owner has let go
        if (given->holders.load(std::memory_order_acquire) == 1 ||
            given->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
          this->tally().leave(Holder::supplies, given->held_bytes);
          park(given);
        }
      }
    }
    [[gnu::noinline]] void free_own() noexcept {
      while (Buffer* const buffer = own_.pop()) {
        strategy_.destroy(buffer, this->tally());
      }
    }

    Own own_;
    RefcountedSlices& strategy_;
    std::uint32_t index_;
    Buffer* given_ = nullptr;  // what it holds though another owns it, linked by next
    std::uint32_t most_;
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit RefcountedSlices(const Parameters& parameters)
      : Core(parameters), most_(own_share(parameters, 2 * parameters.batch)) {}

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() { return this->exact({}); }
  [[nodiscard]] Footprint sample() const { return this->approximate(0); }

 private:
  std::uint32_t most_;  // in a worker's array
};
static_assert(Strategy<RefcountedSlices<>>);

}  // namespace baton
