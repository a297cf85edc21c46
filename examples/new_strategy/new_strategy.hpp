// A strategy of one's own: who owns a connection's read buffer while it passes between threads. It compiles
// and is right as it is (one list behind a mutex); change what a question below asks for.
//
// strategies/contract.hpp says the rules. The tests (ctest) tell which one is broken, and baton_model prints
// the interleaving that breaks it.
#pragma once

#include <cstdint>
#include <mutex>

#include "strategies/contract.hpp"
#include "strategies/refusal.hpp"
#include "strategies/support/buffer_list.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// Reach atomics, mutexes and memory through P only (P::Atomic<T>, P::Mutex, P::allocate), and keep plain data
// that changes hands between threads in P::Plain<T>: so the same header is timed, counted and model-checked.
template <class P = NativePlatform>
class NewStrategy : public StrategyCore<P> {
  using Buffer = StoredBuffer<P>;

 public:
  static constexpr Promises kPromises{
      .name = "new_strategy",
      .summary = "one list, one mutex: the start of new_strategy",  // one line, for tables
      .source = "where the idea comes from",
      .progress = Progress::blocking,      // may acquire, give, take or release wait for another thread?
      .client_bytes = Residence::pool,     // where do a client's bytes live while it is served?
      .backend_bytes = Residence::pool,    // and a backend's?
      .receiver_depends_on_giver = false,  // does a receiver read memory that the giver will want back?
      .memory_bound =
          "buffer_bytes * (in use + sessions with unread bytes + list_bound)",  // the most it keeps
      // What do requests cost by design, once it is warm? The tests count it.
      .costs = {.requests = 1, .without_handoff = {.locks = 4}, .with_handoff = {.locks = 4}},
  };

  // What one thread has. What may it keep where no other thread gets at it? With a limit on buffers
  // (max_buffers), does a worker that asks still get two while all others are idle? (support/caching.hpp has
  // an answer.)
  class Worker : public PooledWorker<Worker, P, StrategyCore<P>, Buffer> {
    using Base = PooledWorker<Worker, P, StrategyCore<P>, Buffer>;

   public:
    Worker(NewStrategy& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)), strategy_(strategy) {
      follow_size();
    }

    // From where does a worker get an unused buffer, the warmest first? nullptr only if there is none to be
    // had.
    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      if (Buffer* const buffer = get()) {
        return buffer;
      }
      return strategy_.store_.make(strategy_.size_.load(), this->tally());  // never under a lock
    }
    // Where does a buffer go, on whichever thread that is? One of an earlier size dies here.
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      released->clear();
      if (!put(released)) {
        strategy_.store_.destroy(released, this->tally());
      }
    }
    // give and take are the base's: the buffer itself travels. Is something to be done there?

    // What is due at a request boundary? It is the only place that may wait for another thread (then true).
    // When every worker has kept house after a change of the size, nothing of an earlier size may be left.
    [[nodiscard]] bool housekeep() noexcept {
      if (seen_generation_ != strategy_.size_.load().generation) {
        follow_size();
      }
      return false;
    }
    // A destructor gives back what the worker keeps; here that is nothing.

   private:
    Buffer* get() noexcept {
      const std::lock_guard lock(strategy_.mutex_);
      return strategy_.unused_.pop();
    }
    bool put(Buffer* buffer) noexcept {
      const std::uint32_t generation = buffer->generation;
      const std::lock_guard lock(strategy_.mutex_);
      if (generation != strategy_.unused_.stamp().generation ||
          strategy_.unused_.size() >= strategy_.list_bound_) {
        return false;
      }
      strategy_.unused_.push(buffer);
      return true;
    }
    void follow_size() noexcept {
      BufferList<P> condemned;
      {
        const std::lock_guard lock(strategy_.mutex_);
        const SizeStamp size = strategy_.size_.load();
        seen_generation_ = size.generation;
        if (strategy_.unused_.stamp().generation != size.generation) {
          strategy_.unused_.restamp(size, condemned);
        }
      }
      while (Buffer* const buffer = condemned.pop()) {
        strategy_.store_.destroy(buffer, this->tally());
      }
    }

    NewStrategy& strategy_;
    std::uint32_t seen_generation_ = 0;
  };
  using Session = KeepingSession<StrategyCore<P>>;  // keeps a buffer only while it has unread bytes
  using Slot = EmptySlot;                           // what does a fetch keep? Here nothing

  explicit NewStrategy(const Parameters& parameters)
      : StrategyCore<P>(parameters), list_bound_(parameters.list_bound) {
    P::named(&mutex_, sizeof mutex_, "list lock");  // so that baton count can tell which lines travel
  }
  ~NewStrategy() {
    while (Buffer* const buffer = unused_.pop()) {
      this->store_.destroy(buffer, this->books_.outside());
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  // Where does every buffer lie that is not in use? Exact, while all are quiet;
  [[nodiscard]] Footprint footprint() {
    Footprint sum = this->books_.sum();
    sum.shared += unused_.holding();
    return sum;
  }
  // approximate, at any time, without a race.
  [[nodiscard]] Footprint sample() const {
    Footprint sum = this->books_.sum();
    const std::size_t buffers = unused_.size();
    sum.shared += {buffers, buffers * this->size_.load().bytes};
    return sum;
  }

 private:
  std::uint32_t list_bound_;
  alignas(kCacheLineBytes) typename P::Mutex mutex_;
  UnusedList<P> unused_;
};
static_assert(is_strategy<NewStrategy<>>());

}  // namespace baton
