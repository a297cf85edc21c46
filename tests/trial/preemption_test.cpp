// Workers put to sleep in the middle of an acquire: they are, and the time is those others' who waited.
#include "harness/trial/preemption.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>

#include "harness/measure/clock.hpp"
#include "harness/measure/histogram.hpp"
#include "harness/pipeline/timed_acquire.hpp"

namespace baton::trial {
namespace {

using namespace std::chrono_literals;

// An acquire that is nearly always inside of its critical section.
struct Place {};
struct Locking {
  std::mutex& mutex;
  ConnBuffer* acquire(Place& /*place*/) noexcept {
    const TickClock& clock = TickClock::shared();
    const std::lock_guard lock(mutex);
    for (const std::uint64_t begin = clock.ticks(); clock.elapsed_ns(begin, clock.ticks()) < 20'000;) {
    }
    return nullptr;
  }
};

TEST(Preemption, PutsTheHolderOfALockToSleepAndTheOthersWait) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer delivers signals between acquires only";
#endif
  TrialConfig config;
  config.pipeline.client_workers = 1;
  config.faults.preempt_per_s = 100;
  config.faults.preempt_us = 3000;
  const Preemption preemption(config);
  std::mutex mutex;
  std::atomic<bool> over{false};
  Histogram of_the_sleeper, of_the_other;
  const std::uint64_t before = Preemption::happened();
  const auto acquire_until_over = [&](Histogram& times) {
    Locking locking{mutex};
    Place place;
    while (!over.load(std::memory_order_relaxed)) {  // a flag
      pipeline::acquire(locking, place, &times);
      std::this_thread::sleep_for(10us);
    }
  };
  std::thread sleeper([&] {
    preemption.begin_on_this_thread();
    acquire_until_over(of_the_sleeper);
  });
  std::thread other([&] { acquire_until_over(of_the_other); });
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  while (Preemption::happened() - before < 40 && std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(1ms);
  over.store(true, std::memory_order_relaxed);  // a flag
  sleeper.join();
  other.join();
  EXPECT_GE(Preemption::happened() - before, 40U);
  EXPECT_GE(of_the_other.max(), 1'000'000U)
      << "of forty sleeps of 1.5 to 4.5 ms under the lock none was waited for";
}

TEST(Preemption, OfNoRateDoesNothing) {
  const std::uint64_t before = Preemption::happened();
  Preemption(TrialConfig{}).begin_on_this_thread();
  EXPECT_EQ(Preemption::happened(), before);
}

}  // namespace
}  // namespace baton::trial
