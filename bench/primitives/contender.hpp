// What can be timed beside a strategy: something that hands out conn buffers and takes them back.
//
// A contender is shared state (one object per benchmark) and a Handle per thread, made and destroyed on that
// thread. Every contender deals in the same thing, a ConnBuffer in front of its storage, empty when it is
// handed out; makes one when it has none; and never frees one while it is timed, unless that is what it is
// about.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "strategies/conn_buffer.hpp"

namespace baton::primitives {

inline constexpr std::uint32_t kBufferBytes = 16 * 1024;
inline constexpr unsigned kMostThreads = 4;

// What a contender is, for whoever reads the results.
enum class Role : std::uint8_t {
  floor,             // not a pool: what the work around it costs
  strategy,          // of the registry
  prototype,         // the bare idea of a strategy, written here
  shared_prototype,  // with one structure that every operation of every thread meets on
  peer,              // what a user would take instead
  shared_peer,
};
std::string_view to_string(Role role) noexcept;

// Which operations (operations.hpp) make sense for it.
struct Abilities {
  bool pair = true;
  bool burst = true;      // several buffers at a time
  bool handoff = true;    // released by another thread than acquired it
  bool boundary = false;  // has something to do at a request boundary
  bool request = false;   // knows sessions
  bool resize = false;    // the buffers' size can change at run time
};

// clang-format off (version 14 does not know how to lay out a concept)
template <class C>
concept Contender = requires(C contender, typename C::Handle handle, ConnBuffer* buffer) {
  { C::kName } -> std::convertible_to<std::string_view>;
  { C::kRole } -> std::convertible_to<Role>;
  { C::kAbilities } -> std::convertible_to<Abilities>;
  requires std::constructible_from<C, unsigned>;                       // threads
  requires std::constructible_from<typename C::Handle, C&, unsigned>;  // index of the thread
  { handle.acquire() } -> std::same_as<ConnBuffer*>;
  { handle.release(buffer) } -> std::same_as<void>;
  {
    contender.missing()
    } -> std::same_as<std::size_t>;  // made and neither parked nor freed; no handle is left
};
// clang-format on
// A Handle may also have
//   boundary()          housekeeping
//   give(b), take(b)    the two halves of a handoff
//   request()           a request without a handoff, from boundary to idle
//   next_slot()         what comes before an acquire while earlier buffers still travel
// and the contender resize(bytes).

template <class Handle>
void boundary(Handle& handle) {
  if constexpr (requires { handle.boundary(); }) {
    handle.boundary();
  }
}
template <class Handle>
ConnBuffer* give(Handle& handle, ConnBuffer* buffer) {
  if constexpr (requires { handle.give(buffer); }) {
    return handle.give(buffer);
  }
  return buffer;
}
template <class Handle>
ConnBuffer* take(Handle& handle, ConnBuffer* buffer) {
  if constexpr (requires { handle.take(buffer); }) {
    return handle.take(buffer);
  }
  return buffer;
}

[[noreturn]] inline void broken(const char* what) {
  std::fprintf(stderr, "bench_primitives: %s\n", what);
  std::abort();
}

// What everybody does with a buffer he got: writes one byte's worth of range into its header.
template <class Handle>
ConnBuffer* acquire_used(Handle& handle) {
  ConnBuffer* const buffer = handle.acquire();
  if (buffer == nullptr) [[unlikely]] {
    broken("a contender is exhausted");
  }
  buffer->filled(1);
  return buffer;
}

}  // namespace baton::primitives
