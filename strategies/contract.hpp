// The contract between a buffer-ownership strategy and whoever runs it (the pipeline, tests, the model
// checker).
//
// A strategy is a class template over a Platform (platform.hpp): shared state, one object per run. Threads
// reach it through a Worker handle each. Bytes may live in three kinds of place that the pipeline provides
// room for: the worker, the Session (one per client connection) and the Slot (one per fetch: the state a
// fetch worker is handed). A strategy that keeps nothing there makes them empty classes.
//
// Ownership, in prose
//  1. At any moment a conn buffer is owned by one thread, or in transfer, or with the strategy. Only its
//     owner may touch the ConnBuffer or its storage.
//  2. acquire makes the calling worker the owner. The buffer is empty, except that acquire(session)
//     returns the buffer kept by idle(session, ...) with its unread bytes. nullptr: exhausted (a limit, or
//     no memory). Never an exception.
//  3. give is the giver's half of a handoff. It returns what travels (not always the same object) and the
//     caller owns nothing any more; nullptr: it could not, and the caller still owns the buffer. The
//     pointer itself travels through whatever the pipeline uses, which synchronises the two threads.
//  4. take is the receiver's half: by the receiver, or by the giver when there was no receiver. The caller
//     owns what it returns, with the same unread bytes. nullptr: the bytes do not fit into what the receiver
//     has, or there is no memory; then it travels on, back to its giver, who takes it or drops it. A
//     strategy whose take never fails need not have drop (see drop_travelling).
//  5. release ends ownership, whoever the owner is by then and on whichever worker. Unread bytes are
//     dropped.
//  6. idle ends ownership because the connection goes quiet: a strategy keeps the buffer with the session
//     or gives it up, but keeps it if it has unread bytes.
//  7. housekeep is called at every request boundary: when a worker is about to start a request and when it
//     goes idle, by client and fetch workers alike, with the worker owning no backend buffer of an earlier
//     request. It alone may wait for another thread to let go of memory (a tie), and returns true if it
//     had to.
//  8. Between two housekeeps a worker acquires at most one buffer by acquire(session) and one by
//     acquire(slot), and takes at most one (taking back what it gave is not counted); it owns at most one
//     backend buffer at a time. (Workspaces need that bound; pools do not.) A worker may hand on what it
//     took (hops).
//  9. open_session and open_slot do not fail: where memory is short, the later acquire returns nullptr.
// 10. A Worker's destructor, on its own thread, gives back everything it keeps; it owns no buffer then.
//     The index may be attached again. A Session's or Slot's destructor, on any thread, gives back what is
//     kept there; nobody owns a buffer of it then. All of them die before the strategy.
// 11. set_buffer_bytes may be called at any time on any thread, with 1 byte or more. A worker sees the change
//     at its next housekeep at the latest: what it acquires from then on has the new size. Buffers are told
//     apart by generation, so that a change there and back is one. A buffer of an earlier size that is in use
//     or travels keeps its size, and dies at the first release, or housekeep after the release, on a worker
//     that has seen the change; one that lies in a session or slot is replaced when that is acquired for.
//     When every worker has kept house and released what it had, none is left in a supply or a list.
// 12. footprint() is exact, and may be called, when no worker is inside a call of this contract and no
//     session or slot is being opened or closed. sample() may be called at any time from any thread and is
//     approximate while workers run.
// 13. A strategy whose kPromises.housekeeps_under_pool_lock is set is also told, by housekeep_locked(),
//     whenever its worker holds the lock of its thread pool anyway: when it takes a session or a fetch
//     from the pool's queue, goes idle there, or offers a fetch. It may touch what that lock protects only
//     there. No allocation or freeing happens inside.
// 14. A strategy whose kPromises.needs_guard is set is visited by a guard thread of the runner:
//     guard_step() does what is due and returns after how many milliseconds to call again.
// Nothing throws on the measured path, and a broken contract aborts with a sentence under Checked
// (checked.hpp).
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "strategies/conn_buffer.hpp"
#include "strategies/ledger.hpp"
#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton {

enum class Progress : std::uint8_t { wait_free, lock_free, blocking };
enum class Residence : std::uint8_t { pool, session, worker, slot, request };

// clang-format off
constexpr std::string_view to_string(Progress progress) noexcept {
  switch (progress) {
    case Progress::wait_free: return "wait-free";
    case Progress::lock_free: return "lock-free";
    case Progress::blocking: return "blocking";
  }
  return "?";
}
constexpr std::string_view to_string(Residence residence) noexcept {
  switch (residence) {
    case Residence::pool: return "pool";
    case Residence::session: return "session";
    case Residence::worker: return "worker";
    case Residence::slot: return "fetch slot";
    case Residence::request: return "request";
  }
  return "?";
}
// clang-format on

// What a strategy promises about itself. Everything that lists strategies reads this.
struct Promises {
  std::string_view name;           // as in the CLI, in figures, and of the header
  std::string_view summary;        // one line
  std::string_view source;         // where the idea comes from
  Progress progress;               // of acquire, give, take, release (malloc aside, no limit)
  Residence client_bytes;          // where a client connection's bytes live while it is served
  Residence backend_bytes;         // where a backend connection's bytes live
  bool receiver_depends_on_giver;  // after a handoff the receiver reads memory the giver will want back
  std::string_view
      memory_bound;  // most bytes alive, as a formula of Parameters and of what is open and in use
  bool housekeeps_under_pool_lock = false;
  bool needs_guard = false;
  bool handoff_may_fail = false;  // give or take needs memory or room, and returns nullptr without
  bool opaque = false;            // has locks or exchanges past the platform: not counted, not model-checked
  StatedCosts costs{};
};

// clang-format off (version 14 does not know how to lay out a concept)
template <class W, class Session, class Slot>
concept WorkerHandle = requires(W worker, Session& session, Slot& slot, ConnBuffer* buffer) {
  { worker.acquire(session) }
  noexcept->std::same_as<ConnBuffer*>;
  { worker.acquire(slot) }
  noexcept->std::same_as<ConnBuffer*>;
  { worker.give(buffer) }
  noexcept->std::same_as<ConnBuffer*>;
  { worker.take(buffer) }
  noexcept->std::same_as<ConnBuffer*>;
  { worker.release(buffer) }
  noexcept->std::same_as<void>;
  { worker.idle(session, buffer) }
  noexcept->std::same_as<void>;
  { worker.housekeep() }
  noexcept->std::same_as<bool>;
}
&&!std::copy_constructible<W> && !std::is_copy_assignable_v<W>;

template <class S>
concept Strategy = requires(S strategy, const S& constant, const Parameters& parameters, std::uint32_t n) {
  requires std::same_as<std::remove_cvref_t<decltype(S::kPromises)>, Promises>;
  typename S::PlatformType;
  requires Platform<typename S::PlatformType>;
  requires std::constructible_from<S, const Parameters&>;
  requires !std::copy_constructible<S>;
  requires !std::same_as<typename S::Session, typename S::Slot>;
  {
    strategy.attach(n)
    } -> std::same_as<typename S::Worker>;  // n < Parameters::workers; on the thread that uses it
  { strategy.open_session() } -> std::same_as<typename S::Session>;
  { strategy.open_slot() } -> std::same_as<typename S::Slot>;
  { strategy.set_buffer_bytes(n) }
  noexcept->std::same_as<void>;
  { strategy.footprint() } -> std::same_as<Footprint>;
  { constant.sample() } -> std::same_as<Footprint>;
  requires WorkerHandle<typename S::Worker, typename S::Session, typename S::Slot>;
  requires std::is_nothrow_destructible_v<typename S::Worker>;
  requires !S::kPromises.housekeeps_under_pool_lock || requires(typename S::Worker & worker) {
    { worker.housekeep_locked() }
    noexcept->std::same_as<void>;
  };
  requires !S::kPromises.needs_guard || requires(S & guarded) {
    { guarded.guard_step() }
    noexcept->std::same_as<std::uint32_t>;  // milliseconds until the next call
  };
};
// clang-format on

// Ends a handoff that nobody could take: unread bytes are dropped.
template <class W>
void drop_travelling(W& worker, ConnBuffer* travelling) noexcept {
  if constexpr (requires { worker.drop(travelling); }) {
    worker.drop(travelling);
  } else {
    worker.release(worker.take(travelling));
  }
}

}  // namespace baton
