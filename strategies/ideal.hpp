#pragma once

#include <cstdint>

#include "strategies/contract.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/place.hpp"

namespace baton {

// The floor: what the pipeline costs without ownership. Every session and every slot has a buffer of its own
// from the moment it is opened; acquire hands it out and nothing else moves.
//
// Two threads: a client worker acquires the slot's buffer and gives it away; the fetch worker reads on in it.
// When the fetch ends the buffer is where it always was, in the slot. Nobody waits, because a slot serves one
// fetch at a time.
//
// The price is memory: nothing is shared, so idle connections cost a whole buffer each. What is left on the
// hot path is one comparison with the size in force and one addition to the worker's own tally; unused slots
// count among the supplies.
template <class P = NativePlatform>
class Ideal : public StrategyCore<P> {
  using Buffer = StoredBuffer<P>;

 public:
  static constexpr Promises kPromises{
      .name = "ideal",
      .summary = "a buffer of its own for every session and every fetch slot; acquire and release do nothing",
      .source = "the floor of the comparison, not a design; nginx comes near it with a buffer per connection",
      .progress = Progress::wait_free,
      .client_bytes = Residence::session,
      .backend_bytes = Residence::slot,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * (open sessions + open slots)",
      .costs = {.requests = 1},
  };
  using Session = Place<P, Holder::sessions>;
  using Slot = Place<P, Holder::supplies>;

  class Worker {
   public:
    Worker(Ideal& ideal, std::uint32_t index) noexcept : size_(ideal.size_), tally_(ideal.books_.of(index)) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // A place knows its buffer but the buffer does not know its place, so one of an earlier size is replaced
    // at the next acquire, and at idle if there is nothing unread in it.
    [[nodiscard]] ConnBuffer* acquire(Session& session) noexcept {
      return session.take_out(size_.load(), tally_);
    }
    [[nodiscard]] ConnBuffer* acquire(Slot& slot) noexcept { return slot.take_out(size_.load(), tally_); }

    // The buffer itself travels; the channel between the threads publishes it.
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept {
      tally_.enter(Holder::in_transfer, static_cast<Buffer*>(buffer)->held_bytes);
      return buffer;
    }
    [[nodiscard]] ConnBuffer* take(ConnBuffer* buffer) noexcept {
      tally_.leave(Holder::in_transfer, static_cast<Buffer*>(buffer)->held_bytes);
      return buffer;
    }
    void release(ConnBuffer* buffer) noexcept {
      buffer->clear();
      auto* const stored = static_cast<Buffer*>(buffer);
      tally_.enter(static_cast<Holder>(stored->home), stored->held_bytes);
    }
    void idle(Session& session, ConnBuffer* buffer) noexcept {
      Session::put_back(static_cast<Buffer*>(buffer), tally_);
      session.refresh(size_.load(), tally_);
    }
    [[nodiscard]] bool housekeep() noexcept { return false; }

   private:
    const SizeSetting<P>& size_;
    WorkerTally<P>& tally_;
  };

  explicit Ideal(const Parameters& parameters) : StrategyCore<P>(parameters) {}

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return open<Holder::sessions>(); }
  [[nodiscard]] Slot open_slot() { return open<Holder::supplies>(); }

 private:
  template <Holder kHolder>
  Place<P, kHolder> open() noexcept {
    return {this->size_, this->books_, this->store_, static_cast<std::uint32_t>(kHolder)};
  }
};
static_assert(Strategy<Ideal<>>);

}  // namespace baton
