// What the counting platform counts: exact numbers for scripted requests. These are the numbers behind
// "mostly lock free".
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include "strategies/counting_platform.hpp"
#include "tests/strategies/registry_types.hpp"

namespace baton::test {
namespace {

constexpr std::uint64_t kRequests = 100;
constexpr std::uint32_t kReadAhead = 300;

template <class S>
struct Run {
  // A client worker and a fetch worker serve requests, with a handoff each or without; what was counted once
  // the strategy had warmed up.
  static Ledger counted(bool handoff) {
    S strategy{Parameters{}};
    Ledger ledger;
    auto client_worker = strategy.attach(0);
    auto fetch_worker = strategy.attach(1);
    auto session = strategy.open_session();
    auto slot = strategy.open_slot();
    const std::string read_ahead(kReadAhead, 'r');
    for (std::uint64_t request = 0; request < 10 + kRequests; ++request) {
      this_thread_ledger = request < 10 ? nullptr : &ledger;
      keep_house(fetch_worker);
      keep_house(client_worker);
      ConnBuffer* const client = client_worker.acquire(session);
      ConnBuffer* const backend = client_worker.acquire(slot);
      EXPECT_TRUE(backend->append(read_ahead));
      if (handoff) {
        fetch_worker.release(fetch_worker.take(client_worker.give(backend)));
      } else {
        client_worker.release(backend);
      }
      client_worker.idle(session, client);
    }
    this_thread_ledger = nullptr;
    return ledger;
  }
};

template <class S>
class LedgerOf : public ::testing::Test {
 protected:
  static std::optional<Ledger> expected(bool handoff) {
    const std::string name(S::kPromises.name);
    Ledger per_request;
    const bool costs_nothing = name == "ideal" || name == "workspace_wait" ||
                               name == "two_cache_shared_lock" ||
                               ((name == "workspace_copy" || name == "two_cache") && !handoff);
    if (costs_nothing) {
      per_request = {};
    } else if (name == "heap") {
      per_request = {.allocations = 2, .frees = 2};
    } else if (name == "workspace_copy" && handoff) {
      per_request = {.allocations = 1, .frees = 1, .bytes_copied = 2 * kReadAhead};
    } else if (name == "request_workspace" || name == "locked_pool") {
      per_request = {.locks = 4};
    } else if (name == "two_cache" && handoff) {
      per_request = {.locks = 2};
    } else if (name == "lockfree_stack") {
      per_request = {.atomic_rmw = 4};
    } else {
      return std::nullopt;
    }
    Ledger sum;
    for (std::uint64_t request = 0; request < kRequests; ++request) {
      sum += per_request;
    }
    return sum;
  }
};
TYPED_TEST_SUITE(LedgerOf, On<CountingPlatform>::Types, StrategyName);

void expect_equal(const Ledger& counted, const Ledger& expected) {
  for (const auto& field : kLedgerFields) {
    EXPECT_EQ(counted.*field.count, expected.*field.count) << field.name;
  }
}

TYPED_TEST(LedgerOf, ARequestWithoutAHandoffCostsWhatItsDesignSays) {
  const std::optional<Ledger> expected = this->expected(false);
  if (!expected) GTEST_SKIP() << "expected() does not say yet what it costs";
  expect_equal(Run<TypeParam>::counted(false), *expected);
}

TYPED_TEST(LedgerOf, ARequestWithAHandoffCostsWhatItsDesignSays) {
  const std::optional<Ledger> expected = this->expected(true);
  if (!expected) GTEST_SKIP() << "expected() does not say yet what it costs";
  expect_equal(Run<TypeParam>::counted(true), *expected);
}

TYPED_TEST(LedgerOf, EveryAllocationIsFreedInTheEnd) {
  Ledger ledger;
  this_thread_ledger = &ledger;
  {
    TypeParam strategy{Parameters{}};
    auto worker = strategy.attach(0);
    auto session = strategy.open_session();
    auto slot = strategy.open_slot();
    keep_house(worker);
    worker.release(worker.acquire(slot));
    worker.idle(session, worker.acquire(session));
  }
  this_thread_ledger = nullptr;
  EXPECT_GT(ledger.allocations, 0U);
  EXPECT_EQ(ledger.allocations, ledger.frees);
}

TYPED_TEST(LedgerOf, ALimitIsTheOnlyReasonForASharedCounter) {
  // A shared counter shows as read-modify-writes when a buffer is made.
  const auto made_with = [](std::uint32_t max_buffers) {
    Parameters parameters;
    parameters.max_buffers = max_buffers;
    TypeParam strategy(parameters);
    auto worker = strategy.attach(0);
    auto slot = strategy.open_slot();
    Ledger ledger;
    this_thread_ledger = &ledger;
    strategy.set_buffer_bytes(100);
    const std::uint64_t before = ledger.atomic_rmw;
    worker.release(worker.acquire(slot));  // of the new size, so it is made
    this_thread_ledger = nullptr;
    return ledger.atomic_rmw - before;
  };
  EXPECT_GT(made_with(1000), made_with(0));
}

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
