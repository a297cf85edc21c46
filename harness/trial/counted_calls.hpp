// The contract's calls as functions that callgrind can tell apart (call_counts.hpp, kCountedFunctions).
#pragma once

#include <type_traits>

#include "strategies/conn_buffer.hpp"

// Every call of the contract in a function of its own, twice: callgrind counts in those of ThisOne. They
// differ by a comment, or the compiler would make one of them.
namespace baton::counted {

struct ThisOne {};
struct NotThisOne {};

template <class Kind>
[[gnu::always_inline]] inline void tell_apart() noexcept {
  if constexpr (std::is_same_v<Kind, ThisOne>) {
    asm volatile("# counted");
  } else {
    asm volatile("# not counted");
  }
}

template <class Kind, class W, class Place>
[[gnu::noinline]] ConnBuffer* acquire(W& worker, Place& place) noexcept {
  tell_apart<Kind>();
  return worker.acquire(place);
}
template <class Kind, class W>
[[gnu::noinline]] ConnBuffer* give(W& worker, ConnBuffer* buffer) noexcept {
  tell_apart<Kind>();
  return worker.give(buffer);
}
template <class Kind, class W>
[[gnu::noinline]] ConnBuffer* take(W& worker, ConnBuffer* buffer) noexcept {
  tell_apart<Kind>();
  return worker.take(buffer);
}
template <class Kind, class W>
[[gnu::noinline]] void release(W& worker, ConnBuffer* buffer) noexcept {
  tell_apart<Kind>();
  worker.release(buffer);
}
template <class Kind, class W, class Session>
[[gnu::noinline]] void idle(W& worker, Session& session, ConnBuffer* buffer) noexcept {
  tell_apart<Kind>();
  worker.idle(session, buffer);
}
template <class Kind, class W>
[[gnu::noinline]] void housekeep(W& worker) noexcept {
  tell_apart<Kind>();
  static_cast<void>(worker.housekeep());
}
template <class Kind, class W>
[[gnu::noinline]] void housekeep_locked(W& worker) noexcept {
  tell_apart<Kind>();
  worker.housekeep_locked();
}

}  // namespace baton::counted
