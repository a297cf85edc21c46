// What the designs that servers use are known for, beyond the contract and the counts of a request.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "strategies/counting_platform.hpp"
#include "strategies/magazine.hpp"
#include "strategies/refcounted_slices.hpp"
#include "strategies/return_to_owner.hpp"
#include "strategies/ring_cache.hpp"
#include "strategies/sharded_cache.hpp"
#include "strategies/stealing.hpp"
#include "strategies/striped.hpp"
#include "tests/strategies/drive.hpp"

namespace baton::test {
namespace {

Parameters small() {
  Parameters parameters;
  parameters.buffer_bytes = 256;
  parameters.workers = 2;
  parameters.batch = 4;
  return parameters;
}

// A worker's slots, so that it can hold many buffers.
template <class S>
class Many {
 public:
  explicit Many(S& strategy) : strategy_(strategy) {}
  template <class W>
  std::vector<ConnBuffer*> acquire(W& worker, std::size_t n) {
    std::vector<ConnBuffer*> buffers;
    for (std::size_t i = 0; i < n; ++i) {
      slots_.emplace_back(new typename S::Slot(strategy_.open_slot()));
      buffers.push_back(worker.acquire(*slots_.back()));
    }
    return buffers;
  }

 private:
  S& strategy_;
  std::vector<std::unique_ptr<typename S::Slot>> slots_;
};
template <class W>
void release_all(W& worker, const std::vector<ConnBuffer*>& buffers) {
  for (ConnBuffer* const buffer : buffers) worker.release(buffer);
}
// What `work` counts.
template <class Work>
Ledger counted(Work work) {
  Ledger ledger;
  this_thread_ledger = &ledger;
  work();
  this_thread_ledger = nullptr;
  return ledger;
}

TEST(Magazine, NoLockWhileAcquireAndReleaseAlternateAtAnyCount) {
  Magazines<CountingPlatform> strategy(small());
  auto worker = strategy.attach(0);
  Many holder(strategy);
  release_all(worker, holder.acquire(worker, 16));
  std::vector<ConnBuffer*> held;
  for (std::size_t level = 0; level < 8; ++level) {  // across the boundary of a magazine of four, too
    const Ledger ledger = counted([&] {
      for (int turn = 0; turn < 10; ++turn) release_all(worker, holder.acquire(worker, 1));
    });
    EXPECT_LE(ledger.locks, 1U) << level;  // to get where it alternates
    const Ledger again = counted([&] {
      for (int turn = 0; turn < 10; ++turn) release_all(worker, holder.acquire(worker, 1));
    });
    EXPECT_EQ(again.locks, 0U) << level;
    held.push_back(holder.acquire(worker, 1).front());
  }
  release_all(worker, held);
}

// Where a worker by turns holds more and less, the older policy meets the ring more often at its edge.
TEST(RingCacheFlush, HalfMeetsTheRingLessOftenThanWholeWhereTheCountWalksAtTheEdge) {
  const auto exchanges = [](Flush flush) {
    Parameters parameters = small();
    parameters.flush = flush;
    RingCache<CountingPlatform> strategy(parameters);
    auto worker = strategy.attach(0);
    Many holder(strategy);
    const std::size_t edge = flush == Flush::half ? 8 : 12;  // as many as fit
    release_all(worker, holder.acquire(worker, edge));
    return counted([&] {
             for (int turn = 0; turn < 50; ++turn) {
               release_all(worker, holder.acquire(worker, edge + 1));
             }
           })
        .atomic_rmw;
  };
  EXPECT_GT(exchanges(Flush::whole), exchanges(Flush::half));
}

TEST(StealingGuard, WhatNobodyUsesIsGoneAfterTwoPeriods) {
  Stealing<> strategy(small());
  auto worker = strategy.attach(0);
  Many holder(strategy);
  release_all(worker, holder.acquire(worker, 10));
  keep_house(worker);
  EXPECT_EQ(strategy.footprint().alive().buffers, 10U);
  EXPECT_EQ(strategy.guard_step(), kStealingPeriodMs);
  EXPECT_EQ(strategy.footprint().alive().buffers, 10U);
  static_cast<void>(strategy.guard_step());
  EXPECT_EQ(strategy.footprint().alive().buffers, 0U);
}

TEST(StealingGuard, WhatIsUsedInAPeriodStays) {
  Stealing<> strategy(small());
  auto worker = strategy.attach(0);
  Many holder(strategy);
  release_all(worker, holder.acquire(worker, 3));
  for (int period = 0; period < 5; ++period) {
    static_cast<void>(strategy.guard_step());
    release_all(worker, holder.acquire(worker, 1));
    keep_house(worker);
  }
  EXPECT_EQ(strategy.footprint().alive().buffers, 1U);
  EXPECT_EQ(strategy.footprint().created.buffers, 3U);
}

TEST(StripedGuard, TrimsABatchOfWhatLayForLong) {
  Striped<> strategy(small());
  auto worker = strategy.attach(0);
  Many holder(strategy);
  release_all(worker, holder.acquire(worker, 11));  // one stays in the worker's place
  for (std::uint32_t ms = 0; ms < kStripeAgeMs; ms += kStripeVisitMs) {
    EXPECT_EQ(strategy.guard_step(), kStripeVisitMs);
  }
  EXPECT_EQ(strategy.footprint().shared.buffers, 10U);
  static_cast<void>(strategy.guard_step());
  EXPECT_EQ(strategy.footprint().shared.buffers, 6U);
  let_the_guard_finish(strategy);
  EXPECT_EQ(strategy.footprint().alive().buffers, 1U);
}

TEST(ReturnToOwnerOwners, WhatASleepingOwnerDoesNotFetchNobodyElseUses) {
  ReturnToOwner<> strategy(small());
  auto owner = strategy.attach(0);
  auto other = strategy.attach(1);
  Many holder(strategy);
  std::vector<ConnBuffer*> taken;
  for (ConnBuffer* const buffer : holder.acquire(owner, 8)) taken.push_back(other.take(owner.give(buffer)));
  release_all(other, taken);
  EXPECT_EQ(strategy.footprint().shared.buffers, 8U);
  release_all(other, holder.acquire(other, 2));
  EXPECT_EQ(strategy.footprint().created.buffers, 10U);
  release_all(owner, holder.acquire(owner, 8));  // but the owner does
  EXPECT_EQ(strategy.footprint().created.buffers, 10U);
}

TEST(ReturnToOwnerOwners, WhatAWorkerThatLeftHadIsAdopted) {
  ReturnToOwner<> strategy(small());
  auto other = strategy.attach(1);
  Many holder(strategy);
  {
    auto owner = strategy.attach(0);
    std::vector<ConnBuffer*> taken;
    const std::vector<ConnBuffer*> acquired = holder.acquire(owner, 6);
    for (std::size_t i = 0; i < 4; ++i) taken.push_back(other.take(owner.give(acquired[i])));
    owner.release(acquired[4]);
    owner.release(acquired[5]);
    release_all(other, taken);
  }
  release_all(other, holder.acquire(other, 6));
  EXPECT_EQ(strategy.footprint().created.buffers, 6U);
}

TEST(ShardedCacheNeed, ABurstIsGivenBackWhileLoadGoesOn) {
  Parameters parameters = small();
  parameters.cache_bytes = 2 * parameters.buffer_bytes;
  parameters.stripes = 1;
  ShardedCache<> strategy(parameters);
  auto worker = strategy.attach(0);
  Many holder(strategy);
  release_all(worker, holder.acquire(worker, 200));
  const std::size_t after_the_burst = strategy.footprint().alive().buffers;
  for (int turn = 0; turn < 3000; ++turn) release_all(worker, holder.acquire(worker, 8));
  EXPECT_LT(strategy.footprint().alive().buffers, after_the_burst / 2);
  EXPECT_GE(strategy.footprint().alive().buffers, 8U);
}

TEST(CountedSlices, AReadersByteKeepsTheWholeBufferFromItsGiver) {
  RefcountedSlices<> strategy(small());
  auto giver = strategy.attach(0);
  auto reader = strategy.attach(1);
  Many holder(strategy);
  ConnBuffer* const buffer = holder.acquire(giver, 1).front();
  ASSERT_TRUE(buffer->append("x"));
  ConnBuffer* const slice = reader.take(giver.give(buffer));
  keep_house(giver);
  giver.release(holder.acquire(giver, 1).front());
  EXPECT_EQ(strategy.footprint().created.buffers, 2U);
  reader.release(slice);
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

TEST(CountedSlices, WhoLetsGoLastHasTheBuffer) {
  RefcountedSlices<> strategy(small());
  auto giver = strategy.attach(0);
  auto reader = strategy.attach(1);
  Many holder(strategy);
  ConnBuffer* const slice = reader.take(giver.give(holder.acquire(giver, 1).front()));
  reader.release(slice);  // the giver holds it until its next boundary
  EXPECT_EQ(strategy.footprint().supplies.buffers, 1U);
  holder.acquire(reader, 0);
  keep_house(giver);
  giver.release(holder.acquire(giver, 1).front());
  EXPECT_EQ(strategy.footprint().created.buffers, 1U);
}

}  // namespace
}  // namespace baton::test
