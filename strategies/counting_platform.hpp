// The platform that counts what a strategy does into the ledger of the thread that does it, and which lines
// it reaches for into the thread's line book.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include "strategies/ledger.hpp"
#include "strategies/line_book.hpp"
#include "strategies/platform.hpp"

namespace baton {

inline void count(std::uint64_t Ledger::*field, std::uint64_t amount = 1) noexcept {
  if (Ledger* const ledger = this_thread_ledger) {
    ledger->*field += amount;
  }
}

// std::atomic's interface, as far as strategies use it. The ledger does not count loads and stores; which
// lines they move is in the line book.
template <class T>
class CountingAtomic {
 public:
  CountingAtomic() noexcept = default;
  CountingAtomic(T value) noexcept
      : value_(value) {}  // NOLINT(google-explicit-constructor): as std::atomic's
  CountingAtomic(const CountingAtomic&) = delete;
  CountingAtomic& operator=(const CountingAtomic&) = delete;

  static constexpr bool is_always_lock_free = std::atomic<T>::is_always_lock_free;

  [[nodiscard]] T load(std::memory_order order) const noexcept {
    touch(this, sizeof *this, Access::read);
    return value_.load(order);
  }
  void store(T value, std::memory_order order) noexcept {
    touch(this, sizeof *this, Access::write);
    value_.store(value, order);
  }
  T exchange(T value, std::memory_order order) noexcept {
    modified();
    return value_.exchange(value, order);
  }
  T fetch_add(T amount, std::memory_order order) noexcept {
    modified();
    return value_.fetch_add(amount, order);
  }
  T fetch_sub(T amount, std::memory_order order) noexcept {
    modified();
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
    touch(this, sizeof *this, Access::read);
    value_.wait(old, order);
  }
  void notify_one() noexcept { value_.notify_one(); }
  void notify_all() noexcept { value_.notify_all(); }

 private:
  void modified() noexcept {
    count(&Ledger::atomic_rmw);
    touch(this, sizeof *this, Access::modify);
  }
  bool counted(bool exchanged) noexcept {
    modified();
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
    touch(this, sizeof *this, Access::modify);
    if (!mutex_.try_lock()) {
      count(&Ledger::locks_contended);
      mutex_.lock();
    }
  }
  [[nodiscard]] bool try_lock() noexcept {
    const bool locked = mutex_.try_lock();
    touch(this, sizeof *this, Access::modify);
    if (locked) {
      count(&Ledger::locks);
    }
    return locked;
  }
  void unlock() noexcept { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Plain data that changes hands between threads: a T whose line is written down.
template <class T>
class CountingPlain {
 public:
  CountingPlain() noexcept = default;
  CountingPlain(T value) noexcept : value_(value) {}  // NOLINT(google-explicit-constructor): stands for a T
  CountingPlain(const CountingPlain& other) noexcept : CountingPlain(static_cast<T>(other)) {}
  CountingPlain& operator=(const CountingPlain& other) noexcept {
    return *this = static_cast<T>(other);  // NOLINT(misc-unconventional-assign-operator): of a T, below
  }
  CountingPlain& operator=(T value) noexcept {
    touch(this, sizeof *this, Access::write);
    value_ = value;
    return *this;
  }
  ~CountingPlain() = default;
  operator T() const noexcept {  // NOLINT(google-explicit-constructor): as above
    touch(this, sizeof *this, Access::read);
    return value_;
  }
  T operator->() const noexcept { return *this; }

 private:
  T value_{};
};

struct CountingPlatform {
  template <class T>
  using Atomic = CountingAtomic<T>;
  using Mutex = CountingMutex;
  template <class T>
  using Plain = CountingPlain<T>;

  static constexpr std::size_t kGuardBytes = 64;
  // One in so many allocations gives nullptr from now on; 0: none.
  static void fail_one_in(std::uint64_t n) noexcept {
    one_in_.store(n, std::memory_order_relaxed);
  }  // a flag
  static void* allocate(std::size_t bytes) noexcept {
    if (const std::uint64_t n = one_in_.load(std::memory_order_relaxed);          // a flag
        n != 0 && asked_.fetch_add(1, std::memory_order_relaxed) % n == n - 1) {  // a count
      return nullptr;
    }
    count(&Ledger::allocations);
    void* const memory = std::malloc(bytes);
    if (this_thread_lines.book != nullptr)
      this_thread_lines.book->allocated(memory, this_thread_lines.thread);
    return memory;
  }
  static void deallocate(void* memory) noexcept {
    count(&Ledger::frees);
    if (this_thread_lines.book != nullptr) this_thread_lines.book->freed(memory, this_thread_lines.thread);
    std::free(memory);
  }
  static void copied(const void* to, const void* from, std::size_t bytes) noexcept {
    count(&Ledger::bytes_copied, bytes);
    touch(from, bytes, Access::read);
    touch(to, bytes, Access::write);
  }
  static void named(const void* memory, std::size_t bytes, std::string_view what) noexcept {
    if (this_thread_lines.book != nullptr) this_thread_lines.book->name(memory, bytes, what);
  }
  static void pause() noexcept {
    count(&Ledger::atomic_waits);
    cpu_pause();
  }
  static constexpr bool kRestarts = true;
  static std::uint32_t cpus() noexcept { return restartable::cpus(); }
  static std::uint32_t cpu() noexcept { return restartable::cpu(); }
  static std::uint32_t thread() noexcept { return number_of_this_thread(); }

 private:
  static inline std::atomic<std::uint64_t> one_in_{0};
  static inline std::atomic<std::uint64_t> asked_{0};
};
static_assert(Platform<CountingPlatform>);

}  // namespace baton
