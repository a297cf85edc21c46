// Whether a strategy keeps what it promises of waiting: that acquire, give, take and release wait for nobody
// (kPromises.progress), and that a giver may go on before its receiver has read (receiver_depends_on_giver).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <mutex>
#include <string>
#include <thread>

#include "tests/strategies/contract/subject.hpp"

namespace baton::test {
namespace {

// Counts on this thread, while it is told to, what a thread may have to wait in: mutexes that are locked and
// not only tried, waits on an atomic, and turns of loops that wait.
struct WaitingPlatform : NativePlatform {
  static inline thread_local bool watched = false;
  static inline thread_local std::uint64_t waits = 0;
  static void may_wait() noexcept { waits += watched ? 1 : 0; }

  struct Mutex : std::mutex {
    void lock() {
      may_wait();
      std::mutex::lock();
    }
  };
  template <class T>
  struct Atomic : std::atomic<T> {
    using std::atomic<T>::atomic;
    using std::atomic<T>::operator=;
    void wait(T old, std::memory_order order) const noexcept {
      may_wait();
      std::atomic<T>::wait(old, order);
    }
  };
  static void pause() noexcept {
    may_wait();
    NativePlatform::pause();
  }
};

template <class Call>
auto watching(Call call) {
  WaitingPlatform::watched = true;
  const auto returned = call();
  WaitingPlatform::watched = false;
  return returned;
}

template <class S>
class PromisesOf : public ::testing::Test {};
TYPED_TEST_SUITE(PromisesOf, On<WaitingPlatform>, StrategyName);

TYPED_TEST(PromisesOf, WhatIsNotBlockingWaitsForNobodyInACallThatMayNotWait) {
  if (TypeParam::kPromises.progress == Progress::blocking) {
    GTEST_SKIP() << "promises nothing";
  }
  TypeParam strategy{Parameters{}};
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  WaitingPlatform::waits = 0;
  for (int request = 0; request < 300; ++request) {  // until every cache has run full, and empty
    keep_house(giver);
    keep_house(receiver);
    ConnBuffer* const client = watching([&] { return giver.acquire(session); });
    ConnBuffer* const backend = watching([&] { return giver.acquire(slot); });
    if (request % 3 == 0) {
      watching([&] { return giver.release(backend), 0; });
    } else {
      watching([&] { return receiver.release(receiver.take(giver.give(backend))), 0; });
    }
    watching([&] { return giver.idle(session, client), 0; });
  }
  EXPECT_EQ(WaitingPlatform::waits, 0U)
      << TypeParam::kPromises.name << " promises in kPromises.progress to be "
      << to_string(TypeParam::kPromises.progress)
      << "; acquire, give, take, release or idle locked a mutex, waited on an atomic or turned in a loop "
         "that waits";
}

TYPED_TEST(PromisesOf, AGiverGoesOnBeforeItsReceiverHasReadUnlessThatIsPromised) {
  if (TypeParam::kPromises.receiver_depends_on_giver) {
    GTEST_SKIP() << "promises that it may not";
  }
  TypeParam strategy{Parameters{}};
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  auto next_slot = strategy.open_slot();
  keep_house(giver);
  keep_house(receiver);
  ConnBuffer* const given = giver.acquire(slot);
  ASSERT_TRUE(given->append("still being read"));
  ConnBuffer* const taken = receiver.take(giver.give(given));
  ASSERT_NE(taken, nullptr);
  std::promise<void> done;
  std::thread watchdog([&, went_on = done.get_future()] {
    if (went_on.wait_for(std::chrono::seconds(30)) == std::future_status::timeout) {
      std::fprintf(stderr,
                   "%s says in kPromises that no receiver depends on its giver; its giver's housekeeping "
                   "waits for the receiver\n",
                   std::string(TypeParam::kPromises.name).c_str());
      std::_Exit(1);
    }
  });
  const bool waited = keep_house(giver);
  done.set_value();
  watchdog.join();
  EXPECT_FALSE(waited) << "the giver's housekeeping waited for its receiver";
  ConnBuffer* const next = giver.acquire(next_slot);
  ASSERT_NE(next, nullptr);
  ASSERT_TRUE(next->append(std::string(next->free_bytes(), 'x')));
  EXPECT_EQ(taken->unread(), "still being read")
      << "the giver's next buffer is written over what the receiver reads";
  giver.release(next);
  receiver.release(taken);
}

}  // namespace
}  // namespace baton::test
