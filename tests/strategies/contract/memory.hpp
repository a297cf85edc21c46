// Where memory is short: every allocation that a strategy makes may fail, and exhaustion is an answer.
#pragma once

#include <cstddef>
#include <cstdlib>

#include "tests/strategies/contract/subject.hpp"

namespace baton::test {
namespace {

// Fails while `out_of_memory` is set, and counts what is alive.
struct ScarcePlatform : NativePlatform {
  static inline bool out_of_memory = false;
  static inline std::ptrdiff_t alive = 0;
  static void* allocate(std::size_t bytes) noexcept {
    if (out_of_memory) {
      return nullptr;
    }
    ++alive;
    return std::malloc(bytes);
  }
  static void deallocate(void* memory) noexcept {
    --alive;
    std::free(memory);
  }
};

template <class S>
class Memory : public ::testing::Test {
 protected:
  void SetUp() override {
    ScarcePlatform::out_of_memory = false;
    ScarcePlatform::alive = 0;
  }
};
TYPED_TEST_SUITE(Memory, On<ScarcePlatform>, StrategyName);

TYPED_TEST(Memory, AcquireIsNullWithoutMemoryAndWorksAgainAfterwards) {
  TypeParam strategy{Parameters{}};
  ScarcePlatform::out_of_memory = true;
  {
    auto worker = strategy.attach(0);
    auto session = strategy.open_session();
    auto slot = strategy.open_slot();
    keep_house(worker);
    EXPECT_EQ(worker.acquire(session), nullptr);
    EXPECT_EQ(worker.acquire(slot), nullptr);
    EXPECT_TRUE(strategy.footprint().conserved(0));
    ScarcePlatform::out_of_memory = false;
    keep_house(worker);
    ConnBuffer* const client = worker.acquire(session);
    ConnBuffer* const backend = worker.acquire(slot);
    ASSERT_NE(client, nullptr);
    ASSERT_NE(backend, nullptr);
    worker.release(client);
    worker.release(backend);
  }
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

TYPED_TEST(Memory, AHandoffWithoutMemoryLeavesTheBufferWithTheGiverOrWorks) {
  TypeParam strategy{Parameters{}};
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  keep_house(giver);
  keep_house(receiver);
  ConnBuffer* const buffer = giver.acquire(slot);
  ASSERT_TRUE(buffer->append("read-ahead"));
  ScarcePlatform::out_of_memory = true;
  ConnBuffer* const travelling = giver.give(buffer);
  if (travelling == nullptr) {
    EXPECT_TRUE(TypeParam::kPromises.handoff_may_fail) << "give returned nullptr without memory";
    EXPECT_EQ(buffer->unread(), "read-ahead");
    giver.release(buffer);
  } else {
    ConnBuffer* const taken = receiver.take(travelling);
    ASSERT_NE(taken, nullptr);
    EXPECT_EQ(taken->unread(), "read-ahead");
    receiver.release(taken);
  }
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

TYPED_TEST(Memory, WhatAReceiverCannotTakeTravelsOnToItsGiver) {
  TypeParam strategy{Parameters{}};
  auto giver = strategy.attach(0);
  auto slot = strategy.open_slot();
  keep_house(giver);
  ConnBuffer* buffer = giver.acquire(slot);
  ASSERT_TRUE(buffer->append("read-ahead"));
  ConnBuffer* const travelling = giver.give(buffer);
  ASSERT_NE(travelling, nullptr);
  ScarcePlatform::out_of_memory = true;
  auto receiver = strategy.attach(1);  // where a worker has a workspace, this one has none
  ConnBuffer* const taken = receiver.take(travelling);
  if (taken != nullptr) {
    receiver.release(taken);
  } else {
    EXPECT_TRUE(TypeParam::kPromises.handoff_may_fail) << "take returned nullptr without memory";
    EXPECT_EQ(strategy.footprint().in_transfer.buffers, 1U);
    buffer = giver.take(travelling);
    ASSERT_NE(buffer, nullptr);
    EXPECT_EQ(buffer->unread(), "read-ahead");
    giver.release(buffer);
  }
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

TYPED_TEST(Memory, WhatNobodyCanTakeIsDropped) {
  TypeParam strategy{Parameters{}};
  auto giver = strategy.attach(0);
  auto slot = strategy.open_slot();
  keep_house(giver);
  ConnBuffer* const buffer = giver.acquire(slot);
  ASSERT_TRUE(buffer->append("read-ahead"));
  drop_travelling(giver, giver.give(buffer));
  EXPECT_EQ(strategy.footprint().in_transfer.buffers, 0U);
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

TYPED_TEST(Memory, NothingIsLeftWhenTheStrategyIsGone) {
  {
    TypeParam strategy{Parameters{}};
    auto giver = strategy.attach(0);
    auto receiver = strategy.attach(1);
    auto session = strategy.open_session();
    auto slot = strategy.open_slot();
    for (int request = 0; request < 4; ++request) {
      keep_house(giver);
      keep_house(receiver);
      ConnBuffer* const client = giver.acquire(session);
      ASSERT_TRUE(client->append("pipelined"));
      receiver.release(receiver.take(giver.give(giver.acquire(slot))));
      giver.idle(session, client);
      strategy.set_buffer_bytes(request % 2 == 0 ? 100 : 200);
    }
    EXPECT_GT(ScarcePlatform::alive, 0);
  }
  EXPECT_EQ(ScarcePlatform::alive, 0);
}

}  // namespace
}  // namespace baton::test
