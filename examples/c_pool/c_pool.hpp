// A strategy whose pool is written in C: what pool.h's eight functions do, as Baton's contract has it.
#pragma once

#include <cstdint>
#include <new>

#include "pool.h"
#include "strategies/contract.hpp"
#include "strategies/refusal.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// A buffer as both sides see it.
template <class P>
struct CBuffer : StoredBuffer<P>, pool_buffer {};

// Everything but give and take goes to C. Its locks go past the platform, so that they are neither counted
// nor model-checked; what it makes and frees is.
template <class P = NativePlatform>
class CPool : public StrategyCore<P, CBuffer<P>> {
  using Buffer = CBuffer<P>;
  using Core = StrategyCore<P, Buffer>;

 public:
  static constexpr Promises kPromises{
      .name = "c_pool",
      .summary = "one list, one mutex, in C behind eight functions",
      .source = "Baton's examples",
      .progress = Progress::blocking,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * (in use + sessions with unread bytes + list_bound)",
      .opaque = true,
  };
  // What C hands back to the host's functions: who called.
  struct Caller {
    CPool* strategy;
    WorkerTally<P>* tally;  // nullptr: nobody's
  };
  class Worker : public PooledWorker<Worker, P, Core, Buffer> {
    using Base = PooledWorker<Worker, P, Core, Buffer>;

   public:
    Worker(CPool& strategy, std::uint32_t index)
        : Base(strategy.books_.of(index)),
          strategy_(strategy),
          caller_{&strategy, &strategy.books_.of(index)},
          c_(pool_attach(strategy.c_, index, &caller_)) {
      if (c_ == nullptr) {
        throw std::bad_alloc();
      }
    }
    ~Worker() { pool_detach(c_); }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept { return static_cast<Buffer*>(pool_acquire(c_)); }
    void release(ConnBuffer* buffer) noexcept {
      buffer->clear();
      pool_release(c_, this->header_of(buffer));
    }
    [[nodiscard]] bool housekeep() noexcept {
      pool_housekeep(c_, strategy_.size_.load().generation);
      return false;
    }

   private:
    CPool& strategy_;
    Caller caller_;
    pool_worker* c_;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit CPool(const Parameters& parameters) : Core(parameters) {
    constexpr pool_host kHost{.make = make, .destroy = destroy};
    c_ = pool_open(&kHost, parameters.list_bound);
    if (c_ == nullptr) {
      throw std::bad_alloc();
    }
  }
  ~CPool() {
    Caller nobody{this, nullptr};
    pool_close(c_, &nobody);
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() { return sample(); }
  [[nodiscard]] Footprint sample() const {
    Footprint sum = this->books_.sum();
    std::uint64_t buffers = 0;
    std::uint64_t bytes = 0;
    pool_unused(c_, &buffers, &bytes);
    sum.shared += {buffers, bytes};
    return sum;
  }

 private:
  // Called from C, on the thread of the worker that called it.
  static pool_buffer* make(void* context) noexcept {
    const auto* const caller = static_cast<Caller*>(context);
    CPool& strategy = *caller->strategy;
    Buffer* const buffer = strategy.store_.make(strategy.size_.load(), *caller->tally);
    if (buffer != nullptr) {
      buffer->bytes = buffer->held_bytes;
      buffer->stamp = buffer->generation;
    }
    return buffer;
  }
  static void destroy(void* context, pool_buffer* buffer) noexcept {
    const auto* const caller = static_cast<Caller*>(context);
    CPool& strategy = *caller->strategy;
    auto* const destroyed = static_cast<Buffer*>(buffer);
    if (caller->tally != nullptr) {
      strategy.store_.destroy(destroyed, *caller->tally);
    } else {
      strategy.store_.destroy(destroyed, strategy.books_.outside());
    }
  }

  pool* c_;
};
static_assert(is_strategy<CPool<>>());

}  // namespace baton
