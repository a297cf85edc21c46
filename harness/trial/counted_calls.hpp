// The contract's calls as functions that callgrind can tell apart (call_counts.hpp, kCountedFunctions).
#pragma once

#include "strategies/conn_buffer.hpp"

// Every call of the contract in a function of its own, twice: callgrind counts in those that are kCounted.
// They differ by a comment, or the compiler would make one of them.
namespace baton::counted {

template <bool kCounted>
[[gnu::always_inline]] inline void tell_apart() noexcept {
  if constexpr (kCounted) {
    asm volatile("# counted");
  } else {
    asm volatile("# not counted");
  }
}

template <bool kCounted, class W, class Place>
[[gnu::noinline]] ConnBuffer* acquire(W& worker, Place& place) noexcept {
  tell_apart<kCounted>();
  return worker.acquire(place);
}
template <bool kCounted, class W>
[[gnu::noinline]] ConnBuffer* give(W& worker, ConnBuffer* buffer) noexcept {
  tell_apart<kCounted>();
  return worker.give(buffer);
}
template <bool kCounted, class W>
[[gnu::noinline]] ConnBuffer* take(W& worker, ConnBuffer* buffer) noexcept {
  tell_apart<kCounted>();
  return worker.take(buffer);
}
template <bool kCounted, class W>
[[gnu::noinline]] void release(W& worker, ConnBuffer* buffer) noexcept {
  tell_apart<kCounted>();
  worker.release(buffer);
}
template <bool kCounted, class W, class Session>
[[gnu::noinline]] void idle(W& worker, Session& session, ConnBuffer* buffer) noexcept {
  tell_apart<kCounted>();
  worker.idle(session, buffer);
}
template <bool kCounted, class W>
[[gnu::noinline]] void housekeep(W& worker) noexcept {
  tell_apart<kCounted>();
  static_cast<void>(worker.housekeep());
}
template <bool kCounted, class W>
[[gnu::noinline]] void housekeep_locked(W& worker) noexcept {
  tell_apart<kCounted>();
  worker.housekeep_locked();
}

}  // namespace baton::counted
