#include "harness/pipeline/thread_pool.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <thread>
#include <vector>

#include "harness/net/wait.hpp"
#include "tests/pipeline/live_proxy.hpp"

namespace baton::pipeline {
namespace {

struct Item {
  int number = 0;
  Item* next = nullptr;
};
using Pool = ThreadPool<Item, Item>;
constexpr auto kNothing = [] {};

TEST(LinkedQueue, GivesBackInTheOrderItWasGiven) {
  LinkedQueue<Item> queue;
  std::array<Item, 3> items;
  for (Item& item : items) queue.push(&item);
  EXPECT_EQ(queue.size(), 3U);
  for (Item& item : items) EXPECT_EQ(queue.pop(), &item);
  EXPECT_EQ(queue.pop(), nullptr);
  EXPECT_EQ(queue.size(), 0U);
}

TEST(LinkedQueue, AnItemTakenOutCanBePutInAgain) {
  LinkedQueue<Item> queue;
  Item first;
  Item second;
  queue.push(&first);
  EXPECT_EQ(queue.pop(), &first);
  queue.push(&second);
  queue.push(&first);
  EXPECT_EQ(queue.pop(), &second);
  EXPECT_EQ(queue.pop(), &first);
  EXPECT_EQ(queue.pop(), nullptr);
}

class Parking : public testing::TestWithParam<net::Waiting> {};

TEST_P(Parking, AWakeBeforeTheWaitIsRememberedOnce) {
  net::Parker parker;
  parker.wake();
  parker.wake();
  EXPECT_TRUE(parker.wait_for(GetParam(), std::chrono::seconds(60)));
  EXPECT_FALSE(parker.wait_for(GetParam(), std::chrono::milliseconds(1)));
}

TEST_P(Parking, AWaitThatNobodyEndsTakesItsTime) {
  net::Parker parker;
  const auto before = std::chrono::steady_clock::now();
  while (parker.wait_for(GetParam(), std::chrono::milliseconds(20))) {
  }
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20));
}

TEST_P(Parking, AWakeFromAnotherThreadPublishesWhatCameBefore) {
  net::Parker there;
  net::Parker back;
  int ball = 0;  // not atomic: only the wakes order it
  constexpr int kRounds = 2000;
  std::thread other([&] {
    for (int i = 0; i < kRounds; ++i) {
      while (!there.wait_for(GetParam(), std::chrono::seconds(1))) {
      }
      ++ball;
      back.wake();
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    ++ball;
    there.wake();
    while (!back.wait_for(GetParam(), std::chrono::seconds(1))) {
    }
  }
  other.join();
  EXPECT_EQ(ball, 2 * kRounds);
}

INSTANTIATE_TEST_SUITE_P(Waiting, Parking, testing::Values(net::Waiting::block, net::Waiting::spin),
                         waiting_name);

TEST(ThreadPool, QueuesUpToItsBoundWhenNoWorkerIsIdle) {
  Pool pool(net::Waiting::block, 2, 0);
  std::array<Item, 3> items;
  EXPECT_TRUE(pool.submit(&items[0]));
  EXPECT_TRUE(pool.submit(&items[1]));
  EXPECT_FALSE(pool.submit(&items[2]));
  Post<Item> post;
  EXPECT_EQ(pool.next_session(post, kNothing), &items[0]);
  EXPECT_TRUE(pool.submit(&items[2]));
  EXPECT_EQ(pool.next_session(post, kNothing), &items[1]);
  EXPECT_EQ(pool.next_session(post, kNothing), &items[2]);
}

TEST(ThreadPool, AnOfferWithoutAFreeFetchWorkerChangesNothing) {
  Pool pool(net::Waiting::block, 8, 1);
  std::array<Item, 2> fetches;
  EXPECT_TRUE(pool.offer(&fetches[0], kNothing));
  EXPECT_FALSE(pool.offer(&fetches[1], kNothing));  // the one worker has something to do
  Post<Item> post;
  EXPECT_EQ(pool.next_fetch(post, kNothing), &fetches[0]);
  EXPECT_FALSE(pool.offer(&fetches[1], kNothing));  // and still does
  pool.fetch_worker_free();
  EXPECT_TRUE(pool.offer(&fetches[1], kNothing));
  EXPECT_EQ(pool.next_fetch(post, kNothing), &fetches[1]);
}

TEST(ThreadPool, RunsWhatIsToBeDoneUnderTheLockInEveryCallOfAWorker) {
  Pool pool(net::Waiting::block, 8, 1);
  Item item;
  Post<Item> post;
  int runs = 0;
  const auto count = [&runs] { ++runs; };
  pool.submit(&item);
  pool.next_session(post, count);
  EXPECT_EQ(runs, 1);
  pool.offer(&item, count);
  EXPECT_EQ(runs, 2);
  pool.next_fetch(post, count);
  EXPECT_EQ(runs, 3);
}

TEST(ThreadPool, AStoppedPoolServesWhatIsQueuedThenEndsItsWorkersAndTakesNoFetch) {
  Pool pool(net::Waiting::block, 8, 1);
  Item item;
  Post<Item> post;
  pool.submit(&item);
  pool.stop();
  EXPECT_EQ(pool.next_session(post, kNothing), &item);
  EXPECT_EQ(pool.next_session(post, kNothing), nullptr);
  EXPECT_EQ(pool.next_fetch(post, kNothing), nullptr);
  EXPECT_FALSE(pool.offer(&item, kNothing));
}

// A worker that does nothing but remember what it was given.
struct Sleeper {
  Sleeper(Pool& pool, bool fetches, std::atomic<int>& asleep)
      : thread([this, &pool, fetches, &asleep] {
          Post<Item> post;
          const auto about_to_sleep = [&asleep] { asleep.fetch_add(1); };  // the lock is held until it sleeps
          for (;;) {
            Item* item =
                fetches ? pool.next_fetch(post, about_to_sleep) : pool.next_session(post, about_to_sleep);
            if (item == nullptr) return;
            served.fetch_add(1);
          }
        }) {}
  std::atomic<int> served{0};
  std::thread thread;
};

TEST(ThreadPool, WorkGoesToTheWorkerThatFellAsleepLast) {
  Pool pool(net::Waiting::block, 8, 0);
  std::atomic<int> asleep{0};
  std::deque<Sleeper> sleepers;
  for (int i = 0; i < 3; ++i) {
    sleepers.emplace_back(pool, false, asleep);
    ASSERT_TRUE(eventually([&] { return asleep == i + 1; }));
  }
  Item item;
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(pool.submit(&item));
    ASSERT_TRUE(eventually([&] { return asleep == 3 + i; }));
  }
  pool.stop();
  for (Sleeper& sleeper : sleepers) sleeper.thread.join();
  EXPECT_EQ(sleepers[0].served, 0);
  EXPECT_EQ(sleepers[1].served, 0);
  EXPECT_EQ(sleepers[2].served, 5);
}

TEST(ThreadPool, StopWakesEveryIdleWorkerOfBothKinds) {
  for (const net::Waiting waiting : {net::Waiting::block, net::Waiting::spin}) {
    Pool pool(waiting, 8, 2);
    std::atomic<int> asleep{0};
    std::deque<Sleeper> sleepers;
    for (int i = 0; i < 4; ++i) sleepers.emplace_back(pool, i % 2 == 0, asleep);
    ASSERT_TRUE(eventually([&] { return asleep == 4; }));
    pool.stop();
    for (Sleeper& sleeper : sleepers) sleeper.thread.join();  // would hang
    for (const Sleeper& sleeper : sleepers) EXPECT_EQ(sleeper.served, 0);
  }
}

TEST(ThreadPool, IsCrowdedWhenSessionsWaitOrAllWorkersAreBusyAndSessionsOutnumberThem) {
  Pool pool(net::Waiting::block, 8, 0);
  EXPECT_FALSE(pool.crowded(1, 1));
  EXPECT_TRUE(pool.crowded(2, 1));
  Item item;
  pool.submit(&item);
  EXPECT_TRUE(pool.crowded(1, 1));
  Post<Item> post;
  pool.next_session(post, kNothing);
  EXPECT_FALSE(pool.crowded(1, 1));
}

}  // namespace
}  // namespace baton::pipeline
