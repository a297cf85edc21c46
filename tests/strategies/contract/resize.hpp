// A change of the buffer size, up, down and back, at every place a buffer may be.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "strategies/support/size_setting.hpp"
#include "tests/strategies/contract/subject.hpp"

namespace baton::test {
namespace {

constexpr std::uint32_t kSmall = 1024;
constexpr std::uint32_t kLarge = 8192;

template <class S>
void expect_that_unused_buffers_have(std::uint32_t bytes, S& strategy) {
  let_the_guard_finish(strategy);
  const Footprint footprint = strategy.footprint();
  EXPECT_EQ(footprint.supplies.bytes, footprint.supplies.buffers * bytes);
  EXPECT_EQ(footprint.shared.bytes, footprint.shared.buffers * bytes);
  EXPECT_TRUE(footprint.conserved(0));
}

template <class S>
class Resize : public ::testing::Test {
 protected:
  static Parameters parameters() {
    Parameters parameters;
    parameters.buffer_bytes = kSmall;
    parameters.workspace_bytes = 256;  // less than a buffer: the buffer's size is what counts
    parameters.workers = 2;
    return parameters;
  }
};
TYPED_TEST_SUITE(Resize, PlainAndChecked, StrategyName);

TYPED_TEST(Resize, WhatIsAcquiredAfterwardsHasTheNewSizeUpDownAndBack) {
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  for (const std::uint32_t bytes : {kSmall, kLarge, kSmall, kLarge, kLarge}) {
    strategy.set_buffer_bytes(bytes);
    keep_house(worker);
    for (ConnBuffer* const buffer : {worker.acquire(session), worker.acquire(slot)}) {
      ASSERT_NE(buffer, nullptr);
      EXPECT_EQ(buffer->capacity, bytes);
      worker.release(buffer);
    }
  }
}

TYPED_TEST(Resize, AChangeThereAndBackIsSeen) {
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  keep_house(worker);
  ConnBuffer* buffer = worker.acquire(session);
  const std::uint32_t generation = buffer->generation;
  worker.release(buffer);
  strategy.set_buffer_bytes(kLarge);
  strategy.set_buffer_bytes(kSmall);
  keep_house(worker);
  buffer = worker.acquire(session);
  EXPECT_EQ(buffer->capacity, kSmall);
  EXPECT_NE(buffer->generation, generation);
  worker.release(buffer);
}

TYPED_TEST(Resize, TheSameSizeAgainReplacesNothing) {
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  keep_house(worker);
  worker.idle(session, worker.acquire(session));
  const Footprint before = strategy.footprint();
  strategy.set_buffer_bytes(kSmall);
  keep_house(worker);
  EXPECT_EQ(strategy.footprint().destroyed, before.destroyed);
}

TYPED_TEST(Resize, WhatIsInUseKeepsItsSizeAndBytesUntilItIsReleased) {
  TypeParam strategy(this->parameters());
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  keep_house(giver);
  keep_house(receiver);
  ConnBuffer* const client = giver.acquire(session);
  ConnBuffer* const backend = giver.acquire(slot);
  ASSERT_TRUE(client->append("request"));
  ASSERT_TRUE(backend->append("read-ahead"));
  strategy.set_buffer_bytes(kLarge);
  ConnBuffer* const taken = receiver.take(giver.give(backend));
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->unread(), "read-ahead");
  EXPECT_EQ(client->unread(), "request");
  EXPECT_EQ(client->capacity, kSmall);
  receiver.release(taken);
  giver.idle(session, client);
  keep_house(giver);
  ConnBuffer* const kept = giver.acquire(session);
  EXPECT_EQ(kept->unread(), "request");
  giver.release(kept);
}

TYPED_TEST(Resize, AfterHousekeepingNothingOfTheOldSizeIsParkedThatAWorkerCanReach) {
  TypeParam strategy(this->parameters());
  auto first = strategy.attach(0);
  auto second = strategy.attach(1);
  auto session = strategy.open_session();
  for (const std::uint32_t bytes : {kLarge, kSmall}) {
    {  // so that there is something on every list
      auto slot = strategy.open_slot();
      for (auto* worker : {&first, &second}) {
        keep_house(*worker);
        ConnBuffer* const client = worker->acquire(session);
        ConnBuffer* const backend = worker->acquire(slot);
        worker->release(backend);
        worker->idle(session, client);
      }
    }
    strategy.set_buffer_bytes(bytes);
    keep_house(first);
    keep_house(second);
    expect_that_unused_buffers_have(bytes, strategy);
  }
}

TYPED_TEST(Resize, WhatIsReleasedBeforeItsWorkerHasSeenTheChangeDiesAtItsNextHousekeeping) {
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  {  // what lies in a place is replaced when that is acquired for
    auto session = strategy.open_session();
    auto slot = strategy.open_slot();
    keep_house(worker);
    ConnBuffer* const client = worker.acquire(session);
    ConnBuffer* const backend = worker.acquire(slot);
    strategy.set_buffer_bytes(kLarge);
    worker.release(client);
    worker.release(backend);
  }
  keep_house(worker);
  expect_that_unused_buffers_have(kLarge, strategy);
}

// The sizes cannot tell the two apart, so generations do.
TYPED_TEST(Resize, NothingFromBeforeAChangeThereAndBackIsLeftOnceEveryWorkerHasKeptHouse) {
  TypeParam strategy(this->parameters());
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  keep_house(giver);
  keep_house(receiver);
  ConnBuffer* const client = giver.acquire(session);
  ConnBuffer* const backend = giver.acquire(slot);
  ASSERT_TRUE(backend->append("read-ahead"));
  ConnBuffer* const travelling = giver.give(backend);
  strategy.set_buffer_bytes(kLarge);
  if (!TypeParam::kPromises.receiver_depends_on_giver) {  // else it would wait for the receiver here
    keep_house(giver);
  }
  strategy.set_buffer_bytes(kSmall);
  ConnBuffer* const taken = receiver.take(travelling);
  ASSERT_NE(taken, nullptr);
  receiver.release(taken);
  giver.release(client);
  for (int round = 0; round < 2; ++round) {
    keep_house(giver);
    keep_house(receiver);
  }
  let_the_guard_finish(strategy);
  EXPECT_TRUE(strategy.footprint().conserved(0));
  auto other_session = strategy.open_session();
  auto other_slot = strategy.open_slot();
  for (auto* worker : {&giver, &receiver}) {
    for (ConnBuffer* const buffer : {worker->acquire(other_session), worker->acquire(other_slot)}) {
      ASSERT_NE(buffer, nullptr);
      EXPECT_EQ(buffer->capacity, kSmall);
      EXPECT_EQ(buffer->generation, SizeStamp::kFirst + 2);
      worker->release(buffer);
    }
  }
}

TYPED_TEST(Resize, ReadAheadThatNoLongerFitsIsRefusedAndNothingIsLost) {
  TypeParam strategy(this->parameters());
  {
    auto giver = strategy.attach(0);
    auto receiver = strategy.attach(1);
    auto slot = strategy.open_slot();
    keep_house(giver);
    ConnBuffer* const buffer = giver.acquire(slot);
    const std::string read_ahead(kSmall, 'x');
    ASSERT_TRUE(buffer->append(read_ahead));
    ConnBuffer* const travelling = giver.give(buffer);
    strategy.set_buffer_bytes(kSmall / 2);
    keep_house(receiver);
    ConnBuffer* const taken = receiver.take(travelling);
    if (taken == nullptr) {
      EXPECT_TRUE(TypeParam::kPromises.handoff_may_fail) << "take returned nullptr";
      EXPECT_EQ(strategy.footprint().in_transfer.buffers, 1U);
      drop_travelling(receiver, travelling);
      EXPECT_EQ(strategy.footprint().in_transfer.buffers, 0U);
    } else {
      EXPECT_EQ(taken->unread(), read_ahead);
      receiver.release(taken);
    }
    keep_house(giver);
    keep_house(receiver);
  }
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

}  // namespace
}  // namespace baton::test
