// Stacks by CPU: nothing is lost or doubled, by restartable sequences and by locks that are tried.
#include "strategies/support/cpu_caches.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <set>
#include <thread>
#include <vector>

namespace baton::test {
namespace {

struct Tried : NativePlatform {
  static constexpr bool kRestarts = false;
};

struct Item {
  std::atomic<int> owners{0};
};

template <class P>
class CpuCachesOf : public ::testing::Test {
 protected:
  void SetUp() override {
    if (P::kRestarts && !restartable::supported()) GTEST_SKIP() << "no restartable sequences here";
  }
};
using Both = ::testing::Types<NativePlatform, Tried>;
TYPED_TEST_SUITE(CpuCachesOf, Both);

TYPED_TEST(CpuCachesOf, WhatIsPushedLastIsPoppedFirstUpToItsBound) {
  const EveryThreadHasACpu wherever_it_runs;  // else it may be moved to an empty one
  CpuCaches<TypeParam, Item> caches(2);
  std::array<Item, 3> items;
  EXPECT_EQ(caches.pop(), nullptr);
  EXPECT_TRUE(caches.push(&items[0]));
  EXPECT_TRUE(caches.push(&items[1]));
  EXPECT_FALSE(caches.push(&items[2]));
  EXPECT_EQ(caches.size(), 2U);
  EXPECT_EQ(caches.pop(), &items[1]);
  EXPECT_EQ(caches.pop(), &items[0]);
  EXPECT_EQ(caches.pop(), nullptr);
}

TYPED_TEST(CpuCachesOf, NothingIsLostOrHasTwoOwnersWhileThreadsMoveAndOneDrains) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kOfEach = 6;
  CpuCaches<TypeParam, Item> caches(kThreads * kOfEach);  // all of them fit on one CPU
  std::array<Item, kThreads * kOfEach> items;
  std::atomic<std::uint64_t> doubled{0};
  const auto own = [&](Item* item) { doubled += item->owners.fetch_add(1) != 0 ? 1U : 0U; };
  const auto put_back = [&](Item* item) {
    item->owners.fetch_sub(1);
    while (!caches.push(item)) {
      std::this_thread::yield();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      std::vector<Item*> held;
      for (std::size_t j = 0; j < kOfEach; ++j) {
        held.push_back(&items[i * kOfEach + j]);
        own(held.back());
      }
      for (int turn = 0; turn < 20'000; ++turn) {
        if (!held.empty()) {
          put_back(held.back());
          held.pop_back();
        }
        if (Item* const item = caches.pop()) {
          own(item);
          held.push_back(item);
        }
      }
      for (Item* const item : held) {
        put_back(item);
      }
    });
  }
  threads.emplace_back([&] {
    for (int turn = 0; turn < 100; ++turn) {
      std::vector<Item*> drained;
      caches.drain([&](Item* item) {
        own(item);
        drained.push_back(item);
      });
      for (Item* const item : drained) {
        put_back(item);
      }
      std::this_thread::yield();
    }
  });
  for (auto& thread : threads) {
    thread.join();
  }
  std::set<Item*> left;
  caches.drain([&](Item* item) { left.insert(item); });
  EXPECT_EQ(doubled.load(), 0U);
  EXPECT_EQ(left.size(), items.size());
}

}  // namespace
}  // namespace baton::test
