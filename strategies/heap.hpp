#pragma once

#include <cstdint>

#include "strategies/contract.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// The allocator is the strategy: memory at acquire, freed at release on whichever thread that is.
//
// Two threads: a client worker allocates a buffer, reads a response head into it and gives it away; the fetch
// worker frees what another thread allocated. Whether that costs a lock, a message to the allocating thread
// or memory that piles up on the wrong side is up to the allocator, which is the question this row asks.
template <class P = NativePlatform>
class Heap : public StrategyCore<P> {
  using Buffer = StoredBuffer<P>;

 public:
  static constexpr Promises kPromises{
      .name = "heap",
      .summary = "allocated at acquire, freed at release, on whichever thread",
      .source =
          "malloc as servers without pools use it; Hoard (Berger et al., ASPLOS 2000) for what a remote free "
          "costs",
      .progress = Progress::wait_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * (in use + sessions with unread bytes)",
      .costs = {.requests = 1,
                .without_handoff = {.allocations = 2, .frees = 2},
                .with_handoff = {.allocations = 2, .frees = 2}},
  };
  class Worker : public PooledWorker<Worker, P, StrategyCore<P>, Buffer> {
    using Base = PooledWorker<Worker, P, StrategyCore<P>, Buffer>;

   public:
    Worker(Heap& heap, std::uint32_t index) noexcept : Base(heap.books_.of(index)), heap_(heap) {}

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      return heap_.store_.make(heap_.size_.load(), this->tally());
    }
    void release(ConnBuffer* buffer) noexcept {
      heap_.store_.destroy(this->header_of(buffer), this->tally());
    }
    [[nodiscard]] bool housekeep() noexcept { return false; }

   private:
    Heap& heap_;
  };
  using Session = KeepingSession<StrategyCore<P>>;
  using Slot = EmptySlot;

  explicit Heap(const Parameters& parameters) : StrategyCore<P>(parameters) {}

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
};
static_assert(Strategy<Heap<>>);

}  // namespace baton
