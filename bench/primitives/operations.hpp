// What is timed: the same few loops for every contender. Each does `n` operations on one thread and is called
// by all threads of a crew at once; the handle is that thread's. What targets are about, pairs and
// handoffs, is flattened, so that whether a contender's few instructions are called or inlined does not
// depend on how many other loops of this file use them; and has a name of its own in the program, by which
// callgrind finds it (primitives.py --instructions).
#pragma once

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>

#include "bench/primitives/contender.hpp"
#include "bench/primitives/ring.hpp"

namespace baton::primitives {

// One buffer acquired, used and released.
template <class Handle>
[[gnu::flatten, gnu::noinline]] void pairs(Handle& handle, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    ConnBuffer* const buffer = acquire_used(handle);
    benchmark::ClobberMemory();
    handle.release(buffer);
    benchmark::ClobberMemory();
  }
}

// kBurst buffers acquired, then all released, then a request boundary. An operation is one buffer.
template <std::uint32_t kBurst, class Handle>
void bursts(Handle& handle, std::uint64_t n) {
  std::array<ConnBuffer*, kBurst> held{};
  for (std::uint64_t i = 0; i < n; i += kBurst) {
    for (auto& buffer : held) {
      buffer = acquire_used(handle);
    }
    benchmark::ClobberMemory();
    for (ConnBuffer* const buffer : held) {
      handle.release(buffer);
    }
    boundary(handle);
    benchmark::ClobberMemory();
  }
}

// One way: this thread acquires and gives what the other takes and releases. Both keep house per buffer, as
// at every request.
template <class Handle>
[[gnu::flatten, gnu::noinline]] void give_all(Handle& handle, Ring& ring, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    boundary(handle);
    if constexpr (requires { handle.next_slot(); }) {
      handle.next_slot();
    }
    ConnBuffer* const given = give(handle, acquire_used(handle));
    if (given == nullptr) [[unlikely]] {
      broken("a contender could not give");
    }
    ring.push(given);
  }
}
template <class Handle>
[[gnu::flatten, gnu::noinline]] void take_all(Handle& handle, Ring& ring, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    ConnBuffer* const buffer = take(handle, ring.pop());
    if (buffer == nullptr || buffer->unread_bytes() != 1) [[unlikely]] {
      broken("a buffer lost its unread byte in a handoff");
    }
    handle.release(buffer);
    boundary(handle);
  }
}

// Both ends by one thread, with a handle for each: a handoff without anything moving between processors.
template <class Handle>
[[gnu::flatten, gnu::noinline]] void hand_to_self(Handle& giver, Handle& receiver, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    boundary(giver);
    if constexpr (requires { giver.next_slot(); }) {
      giver.next_slot();
    }
    ConnBuffer* const given = give(giver, acquire_used(giver));
    benchmark::ClobberMemory();
    ConnBuffer* const taken = given != nullptr ? take(receiver, given) : nullptr;
    if (taken == nullptr) [[unlikely]] {
      broken("a contender could not hand over");
    }
    receiver.release(taken);
    boundary(receiver);
    benchmark::ClobberMemory();
  }
}

// A request boundary with nothing to do.
template <class Handle>
void boundaries(Handle& handle, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    boundary(handle);
    benchmark::ClobberMemory();
  }
}

// A request without a handoff, as a pipeline does it.
template <class Handle>
void requests(Handle& handle, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    handle.request();
    benchmark::ClobberMemory();
  }
}

// A new size with every operation of the first thread; everybody works on: boundary, acquire, release.
template <class C>
void resizes(C& contender, typename C::Handle& handle, unsigned index, std::uint64_t n) {
  for (std::uint64_t i = 0; i < n; ++i) {
    if (index == 0) {
      contender.resize(i % 2 == 0 ? kBufferBytes / 2 : kBufferBytes);
    }
    boundary(handle);
    handle.release(acquire_used(handle));
  }
}

}  // namespace baton::primitives
