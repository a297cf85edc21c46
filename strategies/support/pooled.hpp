// What every strategy with pooled buffers does alike: the same idle policy, and a handoff that moves the
// buffer itself.
#pragma once

#include <utility>

#include "strategies/conn_buffer.hpp"
#include "strategies/support/tally.hpp"

namespace baton {

// A session keeps a buffer only while the connection is quiet with unread bytes.
// S provides drop_kept(ConnBuffer*), callable on any thread.
template <class S>
class KeepingSession {
 public:
  explicit KeepingSession(S& strategy) noexcept : strategy_(strategy) {}
  KeepingSession(const KeepingSession&) = delete;
  KeepingSession& operator=(const KeepingSession&) = delete;
  ~KeepingSession() {
    if (kept_ != nullptr) {
      strategy_.drop_kept(kept_);
    }
  }
  void keep(ConnBuffer* buffer) noexcept { kept_ = buffer; }
  // nullptr if nothing is kept.
  [[nodiscard]] ConnBuffer* unkeep() noexcept { return std::exchange(kept_, nullptr); }

 private:
  S& strategy_;
  ConnBuffer* kept_ = nullptr;
};

struct EmptySlot {
  EmptySlot() = default;
  EmptySlot(const EmptySlot&) = delete;
  EmptySlot& operator=(const EmptySlot&) = delete;
};

// Base of a pool strategy's Worker, which provides acquire_unused() and release(ConnBuffer*), and may
// shadow gained() and lost() to hear that it owns a buffer more or less without either of them. Header is
// what buffers really are.
template <class Derived, class P, class S, class Header>
class PooledWorker {
 public:
  using Session = KeepingSession<S>;
  using Slot = EmptySlot;

  PooledWorker(const PooledWorker&) = delete;
  PooledWorker& operator=(const PooledWorker&) = delete;

  [[nodiscard]] ConnBuffer* acquire(Session& session) noexcept {
    ConnBuffer* const kept = session.unkeep();
    if (kept == nullptr) {
      return self().acquire_unused();
    }
    tally_.leave(Holder::sessions, held_bytes(kept));
    self().gained();
    return kept;  // of whatever size it was made: it has unread bytes, so it is in flight
  }
  [[nodiscard]] ConnBuffer* acquire(Slot& /*slot*/) noexcept { return self().acquire_unused(); }

  // The buffer itself travels, with its data; the channel between the threads publishes both.
  [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept {
    tally_.enter(Holder::in_transfer, held_bytes(buffer));
    self().lost();
    return buffer;
  }
  [[nodiscard]] ConnBuffer* take(ConnBuffer* buffer) noexcept {
    tally_.leave(Holder::in_transfer, held_bytes(buffer));
    self().gained();
    return buffer;
  }
  void idle(Session& session, ConnBuffer* buffer) noexcept {
    if (!buffer->has_unread()) {
      self().release(buffer);
      return;
    }
    tally_.enter(Holder::sessions, held_bytes(buffer));
    session.keep(buffer);
    self().lost();
  }

  void gained() noexcept {}
  void lost() noexcept {}

 protected:
  explicit PooledWorker(WorkerTally<P>& tally) noexcept : tally_(tally) {}
  ~PooledWorker() = default;

  static Header* header_of(ConnBuffer* buffer) noexcept { return static_cast<Header*>(buffer); }
  WorkerTally<P>& tally() noexcept { return tally_; }

 private:
  Derived& self() noexcept { return static_cast<Derived&>(*this); }
  static std::uint32_t held_bytes(ConnBuffer* buffer) noexcept { return header_of(buffer)->held_bytes; }

  WorkerTally<P>& tally_;
};

}  // namespace baton
