// What the counting platform counts.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include "strategies/counting_platform.hpp"
#include "strategies/locked_pool.hpp"
#include "strategies/lockfree_stack.hpp"
#include "strategies/two_cache_shared_lock.hpp"
#include "tests/strategies/drive.hpp"

namespace baton::test {
namespace {

TEST(LedgerOfTwoCacheSharedLock, NothingIsAllocatedOrFreedUnderThePoolsLock) {
  TwoCacheSharedLock<CountingPlatform> strategy{Parameters{}};
  auto worker = strategy.attach(0);
  Ledger under_lock;
  for (const std::uint32_t bytes : {100U, 200U, 300U}) {
    strategy.set_buffer_bytes(bytes);
    this_thread_ledger = &under_lock;
    worker.housekeep_locked();
    this_thread_ledger = nullptr;
    static_cast<void>(worker.housekeep());
  }
  expect_equal(under_lock, Ledger{});
}

TEST(LedgerOf, ALockThatAnotherThreadHoldsIsCountedAsContended) {
  Ledger ledger;
  for (int attempt = 0; attempt < 1000 && ledger.locks_contended == 0; ++attempt) {
    CountingMutex mutex;
    mutex.lock();
    std::atomic<bool> about_to_lock{false};
    std::thread other([&] {
      this_thread_ledger = &ledger;
      about_to_lock.store(true);
      mutex.lock();
      mutex.unlock();
    });
    while (!about_to_lock.load()) {
      std::this_thread::yield();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // the other is likely to be in lock() by now
    mutex.unlock();
    other.join();
  }
  EXPECT_EQ(ledger.locks_contended, 1U);
}

TEST(LedgerOf, AFreeLockIsNotContended) {
  Ledger ledger;
  this_thread_ledger = &ledger;
  CountingMutex mutex;
  mutex.lock();
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  this_thread_ledger = nullptr;
  expect_equal(ledger, Ledger{.locks = 1});
}

TEST(LedgerOf, AFailedExchangeIsCounted) {
  Ledger ledger;
  this_thread_ledger = &ledger;
  CountingAtomic<int> atomic(1);
  int expected = 2;
  EXPECT_FALSE(
      atomic.compare_exchange_strong(expected, 3, std::memory_order_relaxed, std::memory_order_relaxed));
  EXPECT_TRUE(
      atomic.compare_exchange_strong(expected, 3, std::memory_order_relaxed, std::memory_order_relaxed));
  this_thread_ledger = nullptr;
  expect_equal(ledger, Ledger{.atomic_rmw = 2, .cas_failed = 1});
}

TEST(LedgerOf, LedgersAddUpAndSubtractFieldByField) {
  Ledger sum;
  Ledger once;
  std::uint64_t value = 1;
  for (const auto& field : kLedgerFields) {
    once.*field.count = value++;
  }
  sum += once;
  sum += once;
  EXPECT_EQ(sum.bytes_copied, 2 * kLedgerFields.size());
  sum -= once;
  EXPECT_EQ(sum, once);
}

}  // namespace
}  // namespace baton::test
