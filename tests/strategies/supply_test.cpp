// The proposal: what housekeeping does with a worker's supply and its thread pool's list, in both forms.
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include <gtest/gtest.h>

#include "strategies/checked.hpp"
#include "strategies/two_cache.hpp"
#include "strategies/two_cache_shared_lock.hpp"
#include "tests/strategies/drive.hpp"

namespace baton::test {
namespace {

template <class S>
class SupplyOf : public ::testing::Test {};
using Both = ::testing::Types<TwoCache<>, TwoCacheSharedLock<>, Checked<TwoCache<CheckedNativePlatform>>,
                              Checked<TwoCacheSharedLock<CheckedNativePlatform>>>;
TYPED_TEST_SUITE(SupplyOf, Both, StrategyName);

Parameters with(std::uint32_t supply, std::uint32_t list_bound = 1024, std::uint32_t pools = 1) {
  Parameters parameters;
  parameters.buffer_bytes = 512;
  parameters.workers = 4;
  parameters.supply = supply;
  parameters.list_bound = list_bound;
  parameters.pools = pools;
  return parameters;
}

// One request with a handoff, from giver to receiver.
template <class W, class Slot>
void hand_off(W& giver, W& receiver, Slot& slot) {
  receiver.release(receiver.take(giver.give(giver.acquire(slot))));
}

TYPED_TEST(SupplyOf, HousekeepingRaisesTheSupplyAndMakesWhatTheListLacks) {
  for (const std::uint32_t supply : {0U, 1U, 2U, 5U, kMaxSupply}) {
    TypeParam strategy(with(supply));
    auto worker = strategy.attach(0);
    keep_house(worker);
    EXPECT_EQ(strategy.footprint().supplies.buffers, supply);
    EXPECT_EQ(strategy.footprint().created.buffers, supply);
    keep_house(worker);
    EXPECT_EQ(strategy.footprint().created.buffers, supply);
  }
}

TYPED_TEST(SupplyOf, TheReceiversSurplusGoesToTheListAndTheGiversRefillComesFromIt) {
  TypeParam strategy(with(2));
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  keep_house(giver);
  keep_house(receiver);
  hand_off(giver, receiver, slot);
  EXPECT_EQ(strategy.footprint().supplies.buffers, 4U);  // 1 and 3
  EXPECT_EQ(strategy.footprint().shared.buffers, 0U);
  keep_house(receiver);
  EXPECT_EQ(strategy.footprint().supplies.buffers, 3U);  // 1 and 2
  EXPECT_EQ(strategy.footprint().shared.buffers, 1U);
  keep_house(giver);
  EXPECT_EQ(strategy.footprint().supplies.buffers, 4U);  // 2 and 2
  EXPECT_EQ(strategy.footprint().shared.buffers, 0U);
  EXPECT_EQ(strategy.footprint().created.buffers, 4U);
}

TYPED_TEST(SupplyOf, WithinTheSlackNothingIsExchanged) {
  Parameters parameters = with(4);
  parameters.slack = 2;
  TypeParam strategy(parameters);
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  keep_house(giver);
  keep_house(receiver);
  for (std::size_t handoffs = 1; handoffs <= 2; ++handoffs) {  // the giver is short by so many
    hand_off(giver, receiver, slot);
    keep_house(giver);
    keep_house(receiver);
    EXPECT_EQ(strategy.footprint().created.buffers, 8U);
    EXPECT_EQ(strategy.footprint().shared.buffers, 0U);
  }
  hand_off(giver, receiver, slot);
  keep_house(receiver);  // gives all three at once
  EXPECT_EQ(strategy.footprint().shared.buffers, 3U);
  keep_house(giver);  // and takes them
  EXPECT_EQ(strategy.footprint().shared.buffers, 0U);
  EXPECT_EQ(strategy.footprint().created.buffers, 8U);
}

TYPED_TEST(SupplyOf, AHandoffAfterTheOtherMakesNothingNew) {
  TypeParam strategy(with(2));
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  for (int fetch = 0; fetch < 100; ++fetch) {
    keep_house(receiver);
    keep_house(giver);
    hand_off(giver, receiver, slot);
  }
  EXPECT_EQ(strategy.footprint().created.buffers, 4U);
}

TYPED_TEST(SupplyOf, AClientBufferInUseCountsAsOneOfTheSupply) {
  TypeParam strategy(with(2));
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  keep_house(worker);
  ConnBuffer* const pipelined = worker.acquire(session);
  keep_house(worker);
  EXPECT_EQ(strategy.footprint().created.buffers, 2U);
  EXPECT_EQ(strategy.footprint().supplies.buffers, 1U);
  worker.release(pipelined);
  keep_house(worker);
  EXPECT_EQ(strategy.footprint().supplies.buffers, 2U);
}

TYPED_TEST(SupplyOf, ABufferLeftWithASessionIsReplacedFromTheList) {
  TypeParam strategy(with(2));
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  keep_house(worker);
  ConnBuffer* const buffer = worker.acquire(session);
  ASSERT_TRUE(buffer->append("unread"));
  worker.idle(session, buffer);
  keep_house(worker);
  EXPECT_EQ(strategy.footprint().supplies.buffers, 2U);
  EXPECT_EQ(strategy.footprint().sessions.buffers, 1U);
  worker.release(worker.acquire(session));
  keep_house(worker);
  EXPECT_EQ(strategy.footprint().supplies.buffers, 2U);
  EXPECT_EQ(strategy.footprint().shared.buffers, 1U);
}

TYPED_TEST(SupplyOf, WhatTheListHasNoRoomForIsFreed) {
  TypeParam strategy(with(2, 0));
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  keep_house(giver);
  keep_house(receiver);
  hand_off(giver, receiver, slot);
  keep_house(receiver);
  EXPECT_EQ(strategy.footprint().shared.buffers, 0U);
  EXPECT_EQ(strategy.footprint().destroyed.buffers, 1U);
}

TYPED_TEST(SupplyOf, ThreadPoolsDoNotShareAList) {
  TypeParam strategy(with(2, 1024, 2));
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);   // of the other pool
  auto neighbour = strategy.attach(2);  // of the giver's
  auto slot = strategy.open_slot();
  keep_house(giver);
  keep_house(receiver);
  keep_house(neighbour);
  hand_off(giver, receiver, slot);
  keep_house(receiver);
  EXPECT_EQ(strategy.footprint().shared.buffers, 1U);
  keep_house(giver);
  EXPECT_EQ(strategy.footprint().shared.buffers, 1U);  // stranded in the receiver's pool
  EXPECT_EQ(strategy.footprint().created.buffers, 7U);
  keep_house(neighbour);
  hand_off(neighbour, giver, slot);
  keep_house(giver);
  keep_house(neighbour);
  EXPECT_EQ(strategy.footprint().created.buffers, 7U);
}

TYPED_TEST(SupplyOf, AnEmptySupplyMakesABuffer) {
  TypeParam strategy(with(0));
  auto worker = strategy.attach(0);
  auto slot = strategy.open_slot();
  keep_house(worker);
  ConnBuffer* const buffer = worker.acquire(slot);
  ASSERT_NE(buffer, nullptr);
  EXPECT_EQ(strategy.footprint().created.buffers, 1U);
  worker.release(buffer);
}

TEST(SupplyOfTwoCache, ALeavingWorkersSupplyGoesToTheList) {
  TwoCache<> strategy(with(2));
  {
    auto worker = strategy.attach(0);
    keep_house(worker);
  }
  EXPECT_EQ(strategy.footprint().shared.buffers, 2U);
  auto next = strategy.attach(3);
  keep_house(next);
  EXPECT_EQ(strategy.footprint().created.buffers, 2U);
}

TEST(SupplyOfTwoCacheSharedLock, NothingIsMadeBeforeTheListHasBeenAsked) {
  TwoCacheSharedLock<> strategy(with(2));
  auto worker = strategy.attach(0);
  EXPECT_FALSE(worker.housekeep());
  EXPECT_EQ(strategy.footprint().created.buffers, 0U);
  worker.housekeep_locked();
  EXPECT_EQ(strategy.footprint().created.buffers, 0U);  // not under the lock either
  EXPECT_FALSE(worker.housekeep());
  EXPECT_EQ(strategy.footprint().created.buffers, 2U);
}

TEST(SupplyOfTwoCacheSharedLock, NothingIsFreedUnderTheLock) {
  TwoCacheSharedLock<> strategy(with(2, 0));
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  keep_house(giver);
  keep_house(receiver);
  hand_off(giver, receiver, slot);
  strategy.set_buffer_bytes(1024);
  receiver.housekeep_locked();
  EXPECT_EQ(strategy.footprint().destroyed.buffers, 0U);
  EXPECT_FALSE(receiver.housekeep());
  EXPECT_EQ(strategy.footprint().destroyed.buffers, 3U);
  EXPECT_EQ(strategy.footprint().supplies.bytes,
            2 * 1024U + 512U);  // the giver still has one of the old size
}

TEST(SupplyOfTwoCache, ASupplyBeyondWhatAWorkerHasRoomForIsRefused) {
  EXPECT_THROW(TwoCache<>{with(kMaxSupply + 1)}, std::invalid_argument);
}

}  // namespace
}  // namespace baton::test
