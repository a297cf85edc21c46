#pragma once

#include <cstdint>

#include "strategies/contract.hpp"
#include "strategies/support/buffer_list.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/own_place.hpp"
#include "strategies/support/pooled.hpp"
#include "strategies/support/stripes.hpp"

namespace baton {

// Stripes: every worker has a place for one buffer, and several stacks, each with a lock that nobody waits
// for, have the rest.
//
// A worker puts what it releases into its place; what lay there goes to the stack of its stripe, or if that
// is locked or full to the next, or is freed. It acquires from its place, or from its own stripe's stack, or
// from the next that is not locked and not empty, or makes a buffer.
//
// Two threads: the fetch worker's buffers go to its stripe, the client worker finds its own empty and takes
// them from there: a lock on either side of a handoff, and a look at every stripe in between. Nobody waits
// for a lock, but a buffer may be made, or freed, because one was held.
//
// A guard visits the stripes and frees a batch from each that was not empty for ten seconds. What lies in a
// worker's place stays there until the worker leaves.
template <class P = NativePlatform>
class Striped : public CachingCore<P, OwnPlace<P>> {
  using Core = CachingCore<P, OwnPlace<P>>;
  using Buffer = StoredBuffer<P>;

 public:
  static constexpr Promises kPromises{
      .name = "striped",
      .summary =
          "a place for one buffer with every worker, the rest on striped stacks whose locks are only tried",
      .source = ".NET's SharedArrayPool (ArrayPool<T>.Shared)",
      .progress = Progress::wait_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound =
          "buffer_bytes * (in use + sessions with unread bytes + workers + max(list_bound, stripes))",
      .needs_guard = true,
      .costs = {.requests = 1, .without_handoff = {.locks = 2}, .with_handoff = {.locks = 2}},
  };
  class Worker : public PooledWorker<Worker, P, Core, Buffer> {
    using Base = PooledWorker<Worker, P, Core, Buffer>;

   public:
    Worker(Striped& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)), strategy_(strategy), index_(index) {
      strategy_.caches_.set(index_, &place_);
      follow_size();
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      if (Buffer* const buffer = place_.get()) {
        place_.set(nullptr);
        to_stripes(buffer);
      }
      strategy_.caches_.set(index_, nullptr);
    }

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      if (Buffer* const buffer = place_.get()) [[likely]] {
        place_.set(nullptr);
        return buffer;
      }
      return from_stripes();
    }
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      released->clear();
      if (released->generation != seen_generation_) [[unlikely]] {
        strategy_.destroy(released, this->tally());
        return;
      }
      if (!strategy_.places_) [[unlikely]] {
        return to_stripes(released);
      }
      if (Buffer* const before = place_.get()) {
        to_stripes(before);
      }
      place_.set(released);
    }
    [[nodiscard]] bool housekeep() noexcept {
      if (seen_generation_ != strategy_.size_.load().generation) [[unlikely]] {
        follow_size();
      }
      return false;
    }

   private:
    [[nodiscard, gnu::noinline]] Buffer* from_stripes() noexcept {
      if (Buffer* const buffer = strategy_.stripes_.get(index_)) {
        return buffer;
      }
      Buffer* const made = strategy_.make(this->tally());
      return made != nullptr ? made : strategy_.stripes_.get_from_all();
    }
    [[gnu::noinline]] void to_stripes(Buffer* buffer) noexcept {
      if (!strategy_.stripes_.put(index_, buffer)) {
        strategy_.destroy(buffer, this->tally());
      }
    }
    // The worker that comes first after a change empties the stripes.
    [[gnu::noinline]] void follow_size() noexcept {
      BufferList<P> condemned;
      seen_generation_ = strategy_.stripes_.follow(strategy_.size_, condemned);
      if (Buffer* const buffer = place_.get()) {
        place_.set(nullptr);
        condemned.push(buffer);
      }
      strategy_.free(condemned, this->tally());
    }

    OwnPlace<P> place_;
    Striped& strategy_;
    std::uint32_t index_;
    std::uint32_t seen_generation_ = 0;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit Striped(const Parameters& parameters)
      : Core(parameters),
        batch_(parameters.batch),
        places_(own_share(parameters, 1) != 0),
        stripes_(parameters) {}
  ~Striped() {
    BufferList<P> condemned;
    while (Buffer* const buffer = stripes_.get_from_all()) {
      condemned.push(buffer);
    }
    free(condemned, this->books_.outside());
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() { return this->exact(stripes_.holding()); }
  [[nodiscard]] Footprint sample() const { return this->approximate(stripes_.size()); }

  std::uint32_t guard_step() noexcept {
    BufferList<P> condemned;
    stripes_.trim_old(batch_, condemned);
    free(condemned, this->books_.outside());
    return kStripeVisitMs;
  }

 private:
  template <class Tally>
  void free(BufferList<P>& condemned, Tally& tally) noexcept {
    while (Buffer* const buffer = condemned.pop()) {
      this->store_.destroy(buffer, tally);
    }
  }

  std::uint32_t batch_;
  bool places_;  // not where buffers are so few that others would lack what lies there
  Stripes<P> stripes_;
};
static_assert(Strategy<Striped<>>);

}  // namespace baton
