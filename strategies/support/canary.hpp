// Marks in memory by which Checked sees that somebody wrote or read where he may not.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "strategies/conn_buffer.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define BATON_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BATON_POISONS 1
#endif
#endif
#ifdef BATON_POISONS
#include <sanitizer/asan_interface.h>
#endif

namespace baton {

// What lies behind the storage of an owned buffer, in the kGuardBytes that the platform reserves there.
inline constexpr char kCanary = '\xCA';
// What a released buffer is filled with, so that whoever reads on in it reads nonsense.
inline constexpr char kReleased = '\xDB';

inline void arm_canaries(const ConnBuffer& buffer, std::size_t guard_bytes) noexcept {
  std::memset(buffer.storage + buffer.capacity, kCanary, guard_bytes);
}
[[nodiscard]] inline bool canaries_alive(const ConnBuffer& buffer, std::size_t guard_bytes) noexcept {
  const char* const guard = buffer.storage + buffer.capacity;
  return std::all_of(guard, guard + guard_bytes, [](char byte) { return byte == kCanary; });
}

struct Region {
  char* begin = nullptr;
  std::size_t bytes = 0;
};
inline Region storage_of(const ConnBuffer& buffer) noexcept { return {buffer.storage, buffer.capacity}; }

// Under AddressSanitizer any access to a poisoned region is an error. It stays poisoned until it is
// unpoisoned or allocated anew.
inline void poison([[maybe_unused]] Region region) noexcept {
#ifdef BATON_POISONS
  __asan_poison_memory_region(region.begin, region.bytes);
#endif
}
inline void unpoison([[maybe_unused]] Region region) noexcept {
#ifdef BATON_POISONS
  __asan_unpoison_memory_region(region.begin, region.bytes);
#endif
}

}  // namespace baton
