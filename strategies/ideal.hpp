#pragma once

#include <cstdint>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/buffer_store.hpp"
#include "strategies/support/size_setting.hpp"
#include "strategies/support/tally.hpp"

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
class Ideal {
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
  };
  using PlatformType = P;

  // The buffer of a session (parked among the sessions) or of a slot (parked among the supplies).
  template <Holder kHolder>
  class Place {
   public:
    explicit Place(Ideal& ideal) noexcept
        : ideal_(ideal), buffer_(ideal.make(ideal.size_.load(), kHolder, ideal.books_.outside())) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      if (buffer_ != nullptr) {
        ideal_.destroy(buffer_, ideal_.books_.outside());
      }
    }

   private:
    friend class Ideal;
    Ideal& ideal_;
    Buffer* buffer_;
  };
  using Session = Place<Holder::sessions>;
  using Slot = Place<Holder::supplies>;

  class Worker {
   public:
    Worker(Ideal& ideal, std::uint32_t index) noexcept : ideal_(ideal), tally_(ideal.books_.of(index)) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    [[nodiscard]] ConnBuffer* acquire(Session& session) noexcept { return out_of(session); }
    [[nodiscard]] ConnBuffer* acquire(Slot& slot) noexcept { return out_of(slot); }

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
      park(buffer);
    }
    void idle(Session& /*session*/, ConnBuffer* buffer) noexcept { park(buffer); }
    [[nodiscard]] bool housekeep() noexcept { return false; }

   private:
    template <Holder kHolder>
    ConnBuffer* out_of(Place<kHolder>& place) noexcept {
      const SizeStamp size = ideal_.size_.load();
      Buffer* buffer = place.buffer_;
      // A place knows its buffer but the buffer does not know its place, so a stale one is replaced here and
      // not at release.
      if (buffer == nullptr || (buffer->generation != size.generation && !buffer->has_unread())) {
        if (buffer != nullptr) {
          ideal_.destroy(buffer, tally_);
        }
        place.buffer_ = buffer = ideal_.make(size, kHolder, tally_);
        if (buffer == nullptr) {
          return nullptr;
        }
      }
      tally_.leave(kHolder, buffer->held_bytes);
      return buffer;
    }
    void park(ConnBuffer* buffer) noexcept {
      const auto* const stored = static_cast<Buffer*>(buffer);
      tally_.enter(static_cast<Holder>(stored->home), stored->held_bytes);
    }

    Ideal& ideal_;
    WorkerTally<P>& tally_;
  };

  explicit Ideal(const Parameters& parameters)
      : size_(validated(parameters).buffer_bytes),
        books_(parameters.workers),
        store_(parameters.max_buffers) {}
  Ideal(const Ideal&) = delete;
  Ideal& operator=(const Ideal&) = delete;

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return Slot(*this); }
  void set_buffer_bytes(std::uint32_t bytes) noexcept { size_.set(bytes); }
  [[nodiscard]] Footprint footprint() { return books_.sum(); }
  [[nodiscard]] Footprint sample() const { return books_.sum(); }

 private:
  template <class Tally>
  Buffer* make(SizeStamp size, Holder holder, Tally& tally) noexcept {
    Buffer* const buffer = store_.make(size, tally);
    if (buffer != nullptr) {
      buffer->home = static_cast<std::uint32_t>(holder);
      tally.enter(holder, buffer->held_bytes);
    }
    return buffer;
  }
  template <class Tally>
  void destroy(Buffer* buffer, Tally& tally) noexcept {
    tally.leave(static_cast<Holder>(buffer->home), buffer->held_bytes);
    store_.destroy(buffer, tally);
  }

  SizeSetting<P> size_;
  Books<P> books_;
  BufferStore<P> store_;
};
static_assert(Strategy<Ideal<>>);

}  // namespace baton
