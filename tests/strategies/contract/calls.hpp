// What contract.hpp promises, plain and checked, on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "tests/strategies/contract/subject.hpp"

namespace baton::test {
namespace {

template <class S>
class Contract : public ::testing::Test {
 protected:
  static Parameters parameters() {
    Parameters parameters;
    parameters.buffer_bytes = 4096;
    parameters.workspace_bytes = 8192;
    parameters.workers = 3;
    return parameters;
  }
};
TYPED_TEST_SUITE(Contract, PlainAndChecked, StrategyName);

TYPED_TEST(Contract, AnAcquiredBufferIsEmptyAlignedAndOfTheSizeInForce) {
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  keep_house(worker);
  for (ConnBuffer* buffer : {worker.acquire(session), worker.acquire(slot)}) {
    ASSERT_NE(buffer, nullptr);
    EXPECT_FALSE(buffer->has_unread());
    EXPECT_EQ(buffer->begin, 0U);
    EXPECT_EQ(buffer->capacity, 4096U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer->storage) % kCacheLineBytes, 0U);
    EXPECT_TRUE(buffer->append(std::string(4096, 'x')));
    EXPECT_FALSE(buffer->append("y"));
    worker.release(buffer);
  }
}

TYPED_TEST(Contract, ReleaseDropsUnreadBytes) {
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  for (int request = 0; request < 3; ++request) {
    keep_house(worker);
    ConnBuffer* const client = worker.acquire(session);
    ConnBuffer* const backend = worker.acquire(slot);
    EXPECT_FALSE(client->has_unread());
    EXPECT_FALSE(backend->has_unread());
    EXPECT_TRUE(client->append("left over"));
    EXPECT_TRUE(backend->append("left over as well"));
    worker.release(backend);
    worker.release(client);
  }
}

TYPED_TEST(Contract, WhatIsGivenArrivesWithItsUnreadBytes) {
  TypeParam strategy(this->parameters());
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  for (const std::size_t bytes : {1UL, 100UL, 4000UL, 4096UL}) {
    keep_house(giver);
    keep_house(receiver);
    const std::string read_ahead(bytes, static_cast<char>('a' + bytes % 26));
    ConnBuffer* const buffer = giver.acquire(slot);
    ASSERT_TRUE(buffer->append(read_ahead));
    ConnBuffer* const travelling = giver.give(buffer);
    ASSERT_NE(travelling, nullptr);
    ConnBuffer* const taken = receiver.take(travelling);
    ASSERT_NE(taken, nullptr);
    EXPECT_EQ(taken->unread(), read_ahead);
    receiver.release(taken);
  }
}

TYPED_TEST(Contract, OnlyWhatIsUnreadArrives) {
  TypeParam strategy(this->parameters());
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  keep_house(giver);
  ConnBuffer* const buffer = giver.acquire(slot);
  ASSERT_TRUE(buffer->append("head|body"));
  buffer->consume(5);
  ConnBuffer* const taken = receiver.take(giver.give(buffer));
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->unread(), "body");
  EXPECT_TRUE(taken->append(" and more"));
  EXPECT_EQ(taken->unread(), "body and more");
  receiver.release(taken);
}

TYPED_TEST(Contract, NoReadAheadArrivesAsNone) {
  TypeParam strategy(this->parameters());
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  keep_house(giver);
  ConnBuffer* const travelling = giver.give(giver.acquire(slot));
  ASSERT_NE(travelling, nullptr);
  EXPECT_EQ(strategy.footprint().in_transfer.buffers, 1U);
  ConnBuffer* const taken = receiver.take(travelling);
  ASSERT_NE(taken, nullptr);
  EXPECT_FALSE(taken->has_unread());
  EXPECT_EQ(taken->free_bytes(), 4096U);
  receiver.release(taken);
}

TYPED_TEST(Contract, TheGiverMayTakeBack) {
  TypeParam strategy(this->parameters());
  auto giver = strategy.attach(0);
  auto slot = strategy.open_slot();
  keep_house(giver);
  ConnBuffer* buffer = giver.acquire(slot);
  ASSERT_TRUE(buffer->append("nobody was free"));
  buffer = giver.take(giver.give(buffer));
  ASSERT_NE(buffer, nullptr);
  EXPECT_EQ(buffer->unread(), "nobody was free");
  giver.release(buffer);
  EXPECT_FALSE(keep_house(giver));
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

TYPED_TEST(Contract, AReceiverMayHandOn) {
  TypeParam strategy(this->parameters());
  auto first = strategy.attach(0);
  auto second = strategy.attach(1);
  auto third = strategy.attach(2);
  auto slot = strategy.open_slot();
  for (int fetch = 0; fetch < 5; ++fetch) {
    keep_house(first);
    keep_house(second);
    keep_house(third);
    ConnBuffer* buffer = first.acquire(slot);
    ASSERT_TRUE(buffer->append("1"));
    buffer = second.take(first.give(buffer));
    ASSERT_TRUE(buffer->append("2"));
    buffer = third.take(second.give(buffer));
    EXPECT_EQ(buffer->unread(), "12");
    EXPECT_TRUE(strategy.footprint().conserved(1));
    third.release(buffer);
    EXPECT_TRUE(strategy.footprint().conserved(0));
  }
}

TYPED_TEST(Contract, IdleKeepsUnreadBytesForWhoeverServesTheSessionNext) {
  TypeParam strategy(this->parameters());
  auto first = strategy.attach(0);
  auto second = strategy.attach(1);
  auto session = strategy.open_session();
  keep_house(first);
  ConnBuffer* buffer = first.acquire(session);
  ASSERT_TRUE(buffer->append("GET / HTT"));
  first.idle(session, buffer);
  EXPECT_EQ(strategy.footprint().sessions, (Holding{1, strategy.footprint().sessions.bytes}));
  keep_house(second);
  buffer = second.acquire(session);
  ASSERT_NE(buffer, nullptr);
  EXPECT_EQ(buffer->unread(), "GET / HTT");
  second.release(buffer);
}

TYPED_TEST(Contract, AQuietSessionWithoutUnreadBytesCostsAPoolNothing) {
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  keep_house(worker);
  worker.idle(session, worker.acquire(session));
  EXPECT_EQ(strategy.footprint().sessions.buffers, kPools<TypeParam> ? 0U : 1U);
}

TYPED_TEST(Contract, ASessionClosedOnAnotherThreadTakesItsBytesAlong) {
  TypeParam strategy(this->parameters());
  {
    auto worker = strategy.attach(0);
    struct Connection {
      typename TypeParam::Session session;
    };
    std::unique_ptr<Connection> connection(new Connection{strategy.open_session()});
    keep_house(worker);
    ConnBuffer* const buffer = worker.acquire(connection->session);
    ASSERT_TRUE(buffer->append("unread"));
    worker.idle(connection->session, buffer);
    std::thread([&] { connection.reset(); }).join();
    EXPECT_EQ(strategy.footprint().sessions, Holding{});
  }
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

TYPED_TEST(Contract, EveryBufferIsAccountedForAtEveryStep) {
  TypeParam strategy(this->parameters());
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  const auto conserved = [&](std::size_t in_use) { return strategy.footprint().conserved(in_use); };
  for (int request = 0; request < 10; ++request) {
    keep_house(giver);
    keep_house(receiver);
    EXPECT_TRUE(conserved(0));
    ConnBuffer* const client = giver.acquire(session);
    EXPECT_TRUE(conserved(1));
    ConnBuffer* const backend = giver.acquire(slot);
    EXPECT_TRUE(conserved(2));
    EXPECT_TRUE(backend->append("body"));
    ConnBuffer* const travelling = giver.give(backend);
    EXPECT_TRUE(conserved(1));
    ConnBuffer* const taken = receiver.take(travelling);
    EXPECT_TRUE(conserved(2));
    receiver.release(taken);
    EXPECT_TRUE(conserved(1));
    giver.idle(session, client);
    EXPECT_TRUE(conserved(0));
  }
}

TYPED_TEST(Contract, AFootprintThatIsOffByOneIsNotConserved) {
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  keep_house(worker);
  ConnBuffer* const buffer = worker.acquire(session);
  EXPECT_FALSE(strategy.footprint().conserved(0));
  EXPECT_FALSE(strategy.footprint().conserved(2));
  worker.release(buffer);
}

TYPED_TEST(Contract, SamplingAQuietStrategyIsExact) {
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  keep_house(worker);
  worker.idle(session, worker.acquire(session));
  const Footprint exact = strategy.footprint();
  const Footprint sample = static_cast<const TypeParam&>(strategy).sample();
  EXPECT_EQ(sample.alive(), exact.alive());
  EXPECT_EQ(sample.parked(), exact.parked());
}

TYPED_TEST(Contract, ALeavingWorkerLeavesNothingBehindAndItsIndexIsFreeAgain) {
  TypeParam strategy(this->parameters());
  auto session = strategy.open_session();
  for (int thread = 0; thread < 3; ++thread) {
    std::thread([&] {
      auto worker = strategy.attach(1);
      auto slot = strategy.open_slot();
      keep_house(worker);
      ConnBuffer* const client = worker.acquire(session);
      ConnBuffer* const backend = worker.acquire(slot);
      EXPECT_TRUE(client != nullptr && backend != nullptr);
      worker.release(client);
      worker.release(backend);
    }).join();
    EXPECT_EQ(strategy.footprint().supplies, Holding{});
    EXPECT_TRUE(strategy.footprint().conserved(0));
  }
}

// Workers come and go, each for a few requests, and buffers survive them: what is alive in the end is what
// was alive soon after the beginning, and not what so many workers left behind.
TYPED_TEST(Contract, GenerationsOfWorkersDoNotHoard) {
  constexpr int kWarm = 50, kGenerations = 500, kRequests = 20;
  constexpr std::size_t kRoom = 128;  // for caches that fill and empty in turns
  TypeParam strategy{Parameters{}};
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  std::size_t early = 0;
  for (int generation = 0; generation < kGenerations; ++generation) {
    {
      auto giver = strategy.attach(0);
      auto receiver = strategy.attach(1);
      for (int request = 0; request < kRequests; ++request) {
        keep_house(giver);
        keep_house(receiver);
        ConnBuffer* const client = giver.acquire(session);
        ConnBuffer* const backend = giver.acquire(slot);
        ASSERT_NE(client, nullptr);
        ASSERT_NE(backend, nullptr);
        ConnBuffer* const travelling = giver.give(backend);
        ASSERT_NE(travelling, nullptr);
        ConnBuffer* const taken = receiver.take(travelling);
        ASSERT_NE(taken, nullptr);
        receiver.release(taken);
        giver.release(client);
      }
      keep_house(receiver);
      keep_house(giver);
    }
    if (generation == kWarm) early = strategy.footprint().alive().buffers;
  }
  EXPECT_LE(strategy.footprint().alive().buffers, early + kRoom);
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

TYPED_TEST(Contract, PoolsReuseWhatWasReleasedLast) {
  if (!kPools<TypeParam> || TypeParam::kPromises.costs.without_handoff.allocations != 0) {
    GTEST_SKIP() << "has no pool";
  }
  const EveryThreadHasACpu wherever_it_runs;  // or it might be moved to another CPU's buffers in between
  TypeParam strategy(this->parameters());
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  auto other = strategy.open_session();
  keep_house(worker);
  ConnBuffer* const buffer = worker.acquire(session);
  char* const storage = buffer->storage;
  worker.release(buffer);
  keep_house(worker);
  ConnBuffer* const again = worker.acquire(other);
  EXPECT_EQ(again->storage, storage);
  worker.release(again);
}

TYPED_TEST(Contract, ALimitOnBuffersIsKeptAndExhaustionIsNull) {
  Parameters parameters = this->parameters();
  parameters.max_buffers = 1;
  TypeParam strategy(parameters);
  {
    auto worker = strategy.attach(0);
    auto session = strategy.open_session();
    auto slot = strategy.open_slot();
    for (int request = 0; request < 3; ++request) {
      keep_house(worker);
      ConnBuffer* const client = worker.acquire(session);
      ConnBuffer* const backend = worker.acquire(slot);
      EXPECT_EQ((client != nullptr ? 1 : 0) + (backend != nullptr ? 1 : 0), 1);
      EXPECT_EQ(strategy.footprint().alive().buffers, 1U);
      for (ConnBuffer* const buffer : {client, backend}) {
        if (buffer != nullptr) {
          worker.release(buffer);
        }
      }
      let_the_guard_finish(strategy);
      EXPECT_LE(strategy.footprint().alive().buffers, 1U);  // parked, or freed
    }
  }
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

TYPED_TEST(Contract, OtherStrategiesThanTheOneWithATieNeverWait) {
  if (TypeParam::kPromises.receiver_depends_on_giver) {
    GTEST_SKIP() << "its wait is shown in tie_test.cpp";
  }
  TypeParam strategy(this->parameters());
  auto giver = strategy.attach(0);
  auto receiver = strategy.attach(1);
  auto slot = strategy.open_slot();
  keep_house(giver);
  ConnBuffer* const buffer = giver.acquire(slot);
  ASSERT_TRUE(buffer->append("still being read"));
  ConnBuffer* const taken = receiver.take(giver.give(buffer));
  EXPECT_FALSE(keep_house(giver));
  EXPECT_EQ(taken->unread(), "still being read");
  receiver.release(taken);
}

}  // namespace
}  // namespace baton::test
