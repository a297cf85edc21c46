// The policy through which a strategy reaches everything that is not arithmetic: atomics, mutexes, memory.
//
// A strategy is written once, against a Platform, and runs in several worlds:
//   NativePlatform            plain aliases: costs nothing (tests/native_cost proves it on the compiled code)
//   CountingPlatform          counts what the strategy does into the thread's Ledger (counting_platform.hpp)
//   a model checker's         explores interleavings (model/)
// A platform provides
//   Atomic<T>                 std::atomic's interface; every call names its memory order
//   Mutex                     std::mutex's interface (lock, unlock, try_lock)
//   Plain<T>                  T, for plain data that changes hands between threads (links, what a lock
//                             protects): the model checker looks for races on it. Read and assign it as a T
//   allocate, deallocate      bytes aligned as malloc does; allocate gives nullptr when there is none
//   copied(to, from, n)       the strategy just copied n bytes of payload (for the ledger)
//   named(memory, n, what)    what lies there; `what` is a literal (for counts of the lines that travel)
//   kGuardBytes               bytes added behind every storage for canaries; 0 natively
//   pause()                   one turn of a loop that waits for what another thread does within a few
//                             instructions
//   cpus()                    how many CPUs there may be
//   cpu()                     where the thread runs; the moment after, that may be another
//   thread()                  a number of the thread, from 0 on
//   kRestarts                 whether restartable sequences are real here (restartable.hpp)
// Waiting for longer is Atomic<T>::wait and notify_all.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>

#include "strategies/restartable.hpp"

namespace baton {

inline void cpu_pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");  // as long as x86's pause; yield does nothing on most
#endif
}

inline std::uint32_t number_of_this_thread() noexcept {
  static std::atomic<std::uint32_t> threads{0};
  static thread_local const std::uint32_t number =
      threads.fetch_add(1, std::memory_order_relaxed);  // relaxed: only a number
  return number;
}

// While one of these lives, a strategy with something for each CPU that is made has it for each thread
// instead, and does not protect it: for scripts in which one thread at a time does something, and which have
// to come out the same every time, wherever the threads run.
class EveryThreadHasACpu {
 public:
  EveryThreadHasACpu() noexcept : before_(std::exchange(set_, true)) {}
  EveryThreadHasACpu(const EveryThreadHasACpu&) = delete;
  EveryThreadHasACpu& operator=(const EveryThreadHasACpu&) = delete;
  ~EveryThreadHasACpu() { set_ = before_; }
  [[nodiscard]] static bool now() noexcept { return set_; }

 private:
  static inline bool set_ = false;
  bool before_;
};

struct NativePlatform {
  template <class T>
  using Atomic = std::atomic<T>;
  using Mutex = std::mutex;
  template <class T>
  using Plain = T;

  static constexpr std::size_t kGuardBytes = 0;
  static void* allocate(std::size_t bytes) noexcept { return std::malloc(bytes); }
  static void deallocate(void* memory) noexcept { std::free(memory); }
  static void copied(const void*, const void*, std::size_t) noexcept {}
  static void named(const void*, std::size_t, std::string_view) noexcept {}
  static void pause() noexcept { cpu_pause(); }
  static constexpr bool kRestarts = true;
  static std::uint32_t cpus() noexcept { return restartable::cpus(); }
  static std::uint32_t cpu() noexcept { return restartable::cpu(); }
  static std::uint32_t thread() noexcept { return number_of_this_thread(); }
};

// clang-format off (version 14 does not know how to lay out a concept)
template <class P>
concept Platform = requires(std::size_t bytes, void* memory) {
  typename P::template Atomic<unsigned>;
  typename P::template Plain<void*>;
  typename P::Mutex;
  { P::kGuardBytes } -> std::convertible_to<std::size_t>;
  { P::allocate(bytes) }
  noexcept->std::same_as<void*>;
  { P::deallocate(memory) }
  noexcept;
  { P::copied(memory, memory, bytes) }
  noexcept;
  { P::named(memory, bytes, "what") }
  noexcept;
  { P::pause() }
  noexcept;
  { P::cpus() }
  noexcept->std::same_as<std::uint32_t>;
  { P::cpu() }
  noexcept->std::same_as<std::uint32_t>;
  { P::thread() }
  noexcept->std::same_as<std::uint32_t>;
  { P::kRestarts } -> std::convertible_to<bool>;
};
// clang-format on
static_assert(Platform<NativePlatform>);

}  // namespace baton
