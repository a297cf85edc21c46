// The platform that counts what a strategy does into the ledger of the thread that does it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>

#include "strategies/ledger.hpp"
#include "strategies/platform.hpp"

namespace baton {

inline void count(std::uint64_t Ledger::*field, std::uint64_t amount = 1) noexcept {
  if (Ledger* const ledger = this_thread_ledger) {
    ledger->*field += amount;
  }
}

// std::atomic's interface, as far as strategies use it. Loads and stores are not counted: they are not what
// contends.
template <class T>
class CountingAtomic {
 public:
  CountingAtomic() noexcept = default;
  CountingAtomic(T value) noexcept
      : value_(value) {}  // NOLINT(google-explicit-constructor): as std::atomic's
  CountingAtomic(const CountingAtomic&) = delete;
  CountingAtomic& operator=(const CountingAtomic&) = delete;

  static constexpr bool is_always_lock_free = std::atomic<T>::is_always_lock_free;

  [[nodiscard]] T load(std::memory_order order) const noexcept { return value_.load(order); }
  void store(T value, std::memory_order order) noexcept { value_.store(value, order); }
  T exchange(T value, std::memory_order order) noexcept {
    count(&Ledger::atomic_rmw);
    return value_.exchange(value, order);
  }
  T fetch_add(T amount, std::memory_order order) noexcept {
    count(&Ledger::atomic_rmw);
    return value_.fetch_add(amount, order);
  }
  T fetch_sub(T amount, std::memory_order order) noexcept {
    count(&Ledger::atomic_rmw);
    return value_.fetch_sub(amount, order);
  }
  bool compare_exchange_weak(T& expected, T wanted, std::memory_order success,
                             std::memory_order failure) noexcept {
    return counted(value_.compare_exchange_weak(expected, wanted, success, failure));
  }
  bool compare_exchange_strong(T& expected, T wanted, std::memory_order success,
                               std::memory_order failure) noexcept {
    return counted(value_.compare_exchange_strong(expected, wanted, success, failure));
  }
  void wait(T old, std::memory_order order) const noexcept {
    count(&Ledger::atomic_waits);
    value_.wait(old, order);
  }
  void notify_one() noexcept { value_.notify_one(); }
  void notify_all() noexcept { value_.notify_all(); }

 private:
  static bool counted(bool exchanged) noexcept {
    count(&Ledger::atomic_rmw);
    if (!exchanged) {
      count(&Ledger::cas_failed);
    }
    return exchanged;
  }

  std::atomic<T> value_{};
};

class CountingMutex {
 public:
  void lock() noexcept {
    count(&Ledger::locks);
    if (!mutex_.try_lock()) {
      count(&Ledger::locks_contended);
      mutex_.lock();
    }
  }
  [[nodiscard]] bool try_lock() noexcept {
    const bool locked = mutex_.try_lock();
    if (locked) {
      count(&Ledger::locks);
    }
    return locked;
  }
  void unlock() noexcept { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

struct CountingPlatform {
  template <class T>
  using Atomic = CountingAtomic<T>;
  using Mutex = CountingMutex;
  template <class T>
  using Plain = T;

  static constexpr std::size_t kGuardBytes = 64;
  static void* allocate(std::size_t bytes) noexcept {
    count(&Ledger::allocations);
    return std::malloc(bytes);
  }
  static void deallocate(void* memory) noexcept {
    count(&Ledger::frees);
    std::free(memory);
  }
  static void copied(std::size_t bytes) noexcept { count(&Ledger::bytes_copied, bytes); }
};
static_assert(Platform<CountingPlatform>);

}  // namespace baton
