// The platform of simulated cores: what a strategy does to atomics, locks and memory takes time in the world
// (world.hpp) that its thread is in. The shipped headers run on it as they are.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>

#include "simulate/world.hpp"
#include "strategies/platform.hpp"

namespace baton::simulate {

inline void use(const void* memory, Use use) {
  if (World* const world = World::current()) world->use(memory, use);
}

// std::atomic's interface, as far as strategies use it. Of one size with std::atomic, so that lines are
// shared as they are natively. Memory orders cost nothing: stores go on in the background, as on x86.
template <class T>
class SimAtomic {
 public:
  SimAtomic() noexcept = default;
  SimAtomic(T value) noexcept : value_(value) {}  // NOLINT(google-explicit-constructor): as std::atomic's
  SimAtomic(const SimAtomic&) = delete;
  SimAtomic& operator=(const SimAtomic&) = delete;

  static constexpr bool is_always_lock_free = true;

  [[nodiscard]] T load(std::memory_order /*order*/) const noexcept {
    use(this, Use::read);
    return value_;
  }
  void store(T value, std::memory_order order) noexcept {
    use(this, order == std::memory_order_seq_cst ? Use::modify : Use::write);
    value_ = value;
  }
  T exchange(T value, std::memory_order /*order*/) noexcept {
    use(this, Use::modify);
    return std::exchange(value_, value);
  }
  T fetch_add(T amount, std::memory_order /*order*/) noexcept {
    use(this, Use::modify);
    return std::exchange(value_, static_cast<T>(value_ + amount));
  }
  T fetch_sub(T amount, std::memory_order /*order*/) noexcept {
    use(this, Use::modify);
    return std::exchange(value_, static_cast<T>(value_ - amount));
  }
  bool compare_exchange_weak(T& expected, T wanted, std::memory_order success,
                             std::memory_order failure) noexcept {
    return compare_exchange_strong(expected, wanted, success, failure);
  }
  bool compare_exchange_strong(T& expected, T wanted, std::memory_order /*success*/,
                               std::memory_order /*failure*/) noexcept {
    use(this, Use::modify);
    if (value_ == expected) {
      value_ = wanted;
      return true;
    }
    expected = value_;
    if (World* const world = World::current()) world->failed_exchange();
    return false;
  }
  void wait(T old, std::memory_order order) const noexcept {
    World* const world = World::current();
    while (load(order) == old && world != nullptr && world->running()) {
      world->enter_kernel();
      if (load(order) == old) world->wait_on(this);
    }
  }
  void notify_one() noexcept { notify(false); }
  void notify_all() noexcept { notify(true); }

 private:
  void notify(bool all) noexcept {
    if (World* const world = World::current()) static_cast<void>(world->wake(this, all));
  }

  T value_{};
};

// As glibc's: one exchange if nobody has it, else a futex. Of the size of std::mutex.
class SimMutex {
 public:
  void lock() noexcept {
    World* const world = World::current();
    if (world == nullptr || !world->running()) {
      state_ = kLocked;
      return;
    }
    const Picoseconds begun = world->now();
    world->use(this, Use::modify);
    if (state_ == kFree) {
      state_ = kLocked;
      world->lock_taken(this, 0, 0);
      return;
    }
    Picoseconds asleep = 0;
    for (;;) {
      world->use(this, Use::modify);
      if (std::exchange(state_, kWaitedFor) == kFree) break;
      const Picoseconds fell_asleep = world->now();
      world->enter_kernel();
      world->use(this, Use::read);
      if (state_ == kWaitedFor) world->wait_on(this);
      asleep += world->now() - fell_asleep;
    }
    world->lock_taken(this, world->now() - begun, asleep);
  }
  [[nodiscard]] bool try_lock() noexcept {
    use(this, Use::modify);
    if (state_ != kFree) return false;
    state_ = kLocked;
    if (World* const world = World::current()) world->lock_taken(this, 0, 0);
    return true;
  }
  void unlock() noexcept {
    use(this, Use::modify);
    const bool waited_for = std::exchange(state_, kFree) == kWaitedFor;
    World* const world = World::current();
    // Who sets it waited for may not sleep yet; the kernel is asked all the same.
    if (world != nullptr && world->running() && waited_for && world->wake(this, false) == 0)
      world->enter_kernel();
  }

 private:
  static constexpr std::uint32_t kFree = 0, kLocked = 1, kWaitedFor = 2;
  std::uint32_t state_ = kFree;
  [[maybe_unused]] std::array<std::uint32_t, 9> as_large_as_std_mutex_{};
};

// Plain data that changes hands between threads.
template <class T>
class SimPlain {
 public:
  SimPlain() noexcept = default;
  SimPlain(T value) noexcept : value_(value) {}  // NOLINT(google-explicit-constructor): stands for a T
  SimPlain(const SimPlain& other) noexcept : SimPlain(static_cast<T>(other)) {}
  SimPlain& operator=(const SimPlain& other) noexcept {
    return *this = static_cast<T>(other);  // NOLINT(misc-unconventional-assign-operator): of a T, below
  }
  SimPlain& operator=(T value) noexcept {
    use(this, Use::write);
    value_ = value;
    return *this;
  }
  ~SimPlain() = default;
  operator T() const noexcept {  // NOLINT(google-explicit-constructor): as above
    use(this, Use::read);
    return value_;
  }
  T operator->() const noexcept { return *this; }

 private:
  T value_{};
};

// Outside of a world it is as the native one, and costs nothing.
struct SimPlatform {
  template <class T>
  using Atomic = SimAtomic<T>;
  using Mutex = SimMutex;
  template <class T>
  using Plain = SimPlain<T>;

  static constexpr std::size_t kGuardBytes = 0;
  static void* allocate(std::size_t bytes) noexcept {
    World* const world = World::current();
    return world != nullptr ? world->allocate_as_core(bytes) : std::malloc(bytes);
  }
  static void deallocate(void* memory) noexcept {
    World* const world = World::current();
    world != nullptr ? world->deallocate_as_core(memory) : std::free(memory);
  }
  static void copied(const void* to, const void* from, std::size_t bytes) noexcept {
    if (World* const world = World::current()) {
      world->stream(from, bytes, Use::read);
      world->stream(to, bytes, Use::write);
    }
  }
  static void named(const void* memory, std::size_t bytes, std::string_view what) noexcept {
    if (World* const world = World::current()) world->name(memory, bytes, what);
  }
  static void pause() noexcept {
    if (World* const world = World::current()) world->pause();
  }
  // A restartable sequence is a few plain instructions: per_cpu takes its other way, a lock for each CPU that
  // nobody else wants.
  static constexpr bool kRestarts = false;
  static std::uint32_t cpus() noexcept {
    World* const world = World::current();
    return world != nullptr ? world->cores() : 1;
  }
  static std::uint32_t cpu() noexcept {
    World* const world = World::current();
    return world != nullptr ? world->core() : 0;
  }
  static std::uint32_t thread() noexcept {
    World* const world = World::current();
    return world != nullptr ? world->thread() : 0;
  }
};
static_assert(Platform<SimPlatform>);
static_assert(sizeof(SimMutex) == sizeof(std::mutex));
static_assert(sizeof(SimAtomic<std::uint64_t>) == sizeof(std::atomic<std::uint64_t>));

}  // namespace baton::simulate
