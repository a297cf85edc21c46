// Checked: every planted misuse ends the program with the sentence that names it.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>

#include "strategies/checked.hpp"
#include "strategies/heap.hpp"
#include "strategies/locked_pool.hpp"

namespace baton::test {
namespace {

using P = CheckedNativePlatform;

class CheckedDeath : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  using Strategy = Checked<LockedPool<P>>;
  Strategy strategy_{Parameters{}};
};

TEST_F(CheckedDeath, ReleasingTwice) {
  auto worker = strategy_.attach(0);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        ConnBuffer* const buffer = worker.acquire(slot);
        worker.release(buffer);
        worker.release(buffer);
      },
      "worker 0 released a buffer that nobody owns");
}

TEST_F(CheckedDeath, ReleasingWhatAnotherOwns) {
  auto owner = strategy_.attach(0);
  auto thief = strategy_.attach(1);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(thief.release(owner.acquire(slot)), "worker 1 released a buffer that worker 0 owns");
}

TEST_F(CheckedDeath, ReleasingWhatIsInTransfer) {
  auto worker = strategy_.attach(0);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(worker.release(worker.give(worker.acquire(slot))),
               "worker 0 released a buffer that is in transfer from worker 0");
}

TEST_F(CheckedDeath, TakingWhatNobodyGave) {
  auto owner = strategy_.attach(0);
  auto receiver = strategy_.attach(1);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(static_cast<void>(receiver.take(owner.acquire(slot))),
               "worker 1 took a buffer that worker 0 owns");
}

TEST_F(CheckedDeath, TakingTwice) {
  auto giver = strategy_.attach(0);
  auto receiver = strategy_.attach(1);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        ConnBuffer* const travelling = giver.give(giver.acquire(slot));
        receiver.release(receiver.take(travelling));
        static_cast<void>(receiver.housekeep());
        static_cast<void>(receiver.take(travelling));
      },
      "worker 1 took a buffer that nobody gave");
}

TEST_F(CheckedDeath, AcquiringTwiceForTheBackendWithoutHousekeeping) {
  auto worker = strategy_.attach(0);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        worker.release(worker.acquire(slot));
        worker.release(worker.acquire(slot));
      },
      "worker 0 acquired a second backend buffer without housekeeping");
}

TEST_F(CheckedDeath, AcquiringTwiceForTheClientWithoutHousekeeping) {
  auto worker = strategy_.attach(0);
  auto session = strategy_.open_session();
  EXPECT_DEATH(
      {
        worker.idle(session, worker.acquire(session));
        worker.idle(session, worker.acquire(session));
      },
      "worker 0 acquired a second client buffer without housekeeping");
}

TEST_F(CheckedDeath, TwoWorkersServingOneSession) {
  auto first = strategy_.attach(0);
  auto second = strategy_.attach(1);
  auto session = strategy_.open_session();
  EXPECT_DEATH(
      {
        static_cast<void>(first.acquire(session));
        static_cast<void>(second.acquire(session));
      },
      "worker 1 acquired for a session whose buffer is owned already");
}

TEST_F(CheckedDeath, KeepingHouseInTheMiddleOfAFetch) {
  auto worker = strategy_.attach(0);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        static_cast<void>(worker.acquire(slot));
        static_cast<void>(worker.housekeep());
      },
      "worker 0 kept house while it owns a backend buffer");
}

TEST_F(CheckedDeath, TakingTwoFetchesAtOnce) {
  auto giver = strategy_.attach(0);
  auto receiver = strategy_.attach(1);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        receiver.release(receiver.take(giver.give(giver.acquire(slot))));
        static_cast<void>(giver.housekeep());
        static_cast<void>(receiver.take(giver.give(giver.acquire(slot))));
      },
      "worker 1 took a second buffer without housekeeping");
}

TEST_F(CheckedDeath, IdlingWithTheWrongSession) {
  auto worker = strategy_.attach(0);
  auto session = strategy_.open_session();
  auto other = strategy_.open_session();
  EXPECT_DEATH(worker.idle(other, worker.acquire(session)),
               "worker 0 idled a buffer with a session that it was not");
}

TEST_F(CheckedDeath, WritingBehindTheStorage) {
  auto worker = strategy_.attach(0);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        ConnBuffer* const buffer = worker.acquire(slot);
        std::memset(buffer->storage, 'x', buffer->capacity + std::size_t{1});
        worker.release(buffer);
      },
      "worker 0 released a buffer that somebody wrote behind");
}

TEST_F(CheckedDeath, ClaimingMoreBytesThanThereIsRoomFor) {
  auto worker = strategy_.attach(0);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        ConnBuffer* const buffer = worker.acquire(slot);
        buffer->filled(buffer->capacity + std::size_t{1});
        static_cast<void>(worker.give(buffer));
      },
      "worker 0 gave a buffer whose unread range does not lie in its storage");
}

TEST_F(CheckedDeath, WritingAfterGiving) {
  auto giver = strategy_.attach(0);
  auto receiver = strategy_.attach(1);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        ConnBuffer* const buffer = giver.acquire(slot);
        static_cast<void>(buffer->append("read-ahead"));
        ConnBuffer* const travelling = giver.give(buffer);
        buffer->storage[0] = 'X';
        static_cast<void>(receiver.take(travelling));
      },
      "take on worker 1 returned 10 unread bytes that are not the 10 expected");
}

TEST_F(CheckedDeath, LeavingWithABuffer) {
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        auto worker = strategy_.attach(0);
        static_cast<void>(worker.acquire(slot));
      },
      "worker 0 left while it owns a buffer");
}

TEST_F(CheckedDeath, ClosingASlotWhoseBufferTravels) {
  auto worker = strategy_.attach(0);
  EXPECT_DEATH(
      {
        auto slot = strategy_.open_slot();
        static_cast<void>(worker.give(worker.acquire(slot)));
      },
      "a slot was closed while its buffer is owned or in transfer");
}

TEST_F(CheckedDeath, AttachingAnIndexTwice) {
  auto worker = strategy_.attach(0);
  EXPECT_DEATH(auto twin = strategy_.attach(0), "worker 0 was attached twice");
}

TEST_F(CheckedDeath, AttachingMoreWorkersThanThereAre) {
  EXPECT_DEATH(auto third = strategy_.attach(2), "worker 2 was attached, but there are only 2");
}

TEST_F(CheckedDeath, UsingAWorkerOnAnotherThread) {
  auto worker = strategy_.attach(0);
  EXPECT_DEATH(std::thread([&] { static_cast<void>(worker.housekeep()); }).join(),
               "worker 0 was used on another thread than the one it was attached on");
}

TEST_F(CheckedDeath, SettingTheSizeToNothing) {
  EXPECT_DEATH(strategy_.set_buffer_bytes(0), "the buffer size was set to 0");
}

TEST_F(CheckedDeath, DestroyingAStrategyBeforeItsWorkers) {
  EXPECT_DEATH(
      {
        auto strategy = std::make_unique<Strategy>(Parameters{});
        auto worker = strategy->attach(1);
        strategy.reset();
      },
      "the strategy was destroyed while worker 1 is attached");
}

TEST_F(CheckedDeath, DestroyingAStrategyBeforeItsSessions) {
  EXPECT_DEATH(
      {
        auto strategy = std::make_unique<Strategy>(Parameters{});
        auto session = strategy->open_session();
        strategy.reset();
      },
      "the strategy was destroyed while sessions or slots are open");
}

// Strategies that break their own side of the contract: heap, with one mistake each.
enum class Mistake { hands_out_twice, loses_bytes_in_transfer, refuses, forgets_what_a_session_kept, leaks };

template <Mistake kMistake>
class Faulty : public Heap<P> {
 public:
  class Worker : public Heap<P>::Worker {
    using Base = Heap<P>::Worker;

   public:
    using Base::acquire;
    using Base::Base;
    [[nodiscard]] ConnBuffer* acquire(Heap<P>::Slot& slot) noexcept {
      if (kMistake == Mistake::hands_out_twice && last_ != nullptr) {
        return last_;
      }
      return last_ = Base::acquire(slot);
    }
    [[nodiscard]] ConnBuffer* take(ConnBuffer* buffer) noexcept {
      if (kMistake == Mistake::refuses) {
        return nullptr;
      }
      ConnBuffer* const taken = Base::take(buffer);
      if (kMistake == Mistake::loses_bytes_in_transfer) {
        taken->consume(1);
      }
      return taken;
    }
    void idle(Heap<P>::Session& session, ConnBuffer* buffer) noexcept {
      if (kMistake == Mistake::forgets_what_a_session_kept) {
        buffer->clear();
      }
      Base::idle(session, buffer);
    }
    void release(ConnBuffer* buffer) noexcept {
      if (kMistake != Mistake::leaks) {
        Base::release(buffer);
      }
    }

   private:
    ConnBuffer* last_ = nullptr;
  };
  using Heap<P>::Heap;
  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
};

TEST_F(CheckedDeath, AStrategyThatHandsABufferToTwoWorkers) {
  Checked<Faulty<Mistake::hands_out_twice>> strategy{Parameters{}};
  auto worker = strategy.attach(0);
  auto slot = strategy.open_slot();
  EXPECT_DEATH(
      {
        auto receiver = strategy.attach(1);
        ConnBuffer* const taken = receiver.take(worker.give(worker.acquire(slot)));
        static_cast<void>(worker.housekeep());
        static_cast<void>(worker.acquire(slot));
        receiver.release(taken);
      },
      "the strategy handed worker 0 a buffer that worker 1 owns");
}

TEST_F(CheckedDeath, AStrategyThatRefusesAHandoffWithoutAWayToDropIt) {
  Checked<Faulty<Mistake::refuses>> strategy{Parameters{}};
  auto worker = strategy.attach(0);
  auto slot = strategy.open_slot();
  EXPECT_DEATH(static_cast<void>(worker.take(worker.give(worker.acquire(slot)))),
               "take on worker 0 returned nothing, but the strategy has no drop");
}

TEST_F(CheckedDeath, AStrategyThatLosesBytesInTransfer) {
  Checked<Faulty<Mistake::loses_bytes_in_transfer>> strategy{Parameters{}};
  auto worker = strategy.attach(0);
  auto slot = strategy.open_slot();
  EXPECT_DEATH(
      {
        ConnBuffer* const buffer = worker.acquire(slot);
        static_cast<void>(buffer->append("body"));
        static_cast<void>(worker.take(worker.give(buffer)));
      },
      "take on worker 0 returned 3 unread bytes that are not the 4 expected");
}

TEST_F(CheckedDeath, AStrategyThatForgetsWhatASessionKept) {
  Checked<Faulty<Mistake::forgets_what_a_session_kept>> strategy{Parameters{}};
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  EXPECT_DEATH(
      {
        ConnBuffer* const buffer = worker.acquire(session);
        static_cast<void>(buffer->append("GET"));
        worker.idle(session, buffer);
        static_cast<void>(worker.housekeep());
        static_cast<void>(worker.acquire(session));
      },
      "returned 0 unread bytes that are not the 3 expected");
}

TEST_F(CheckedDeath, AStrategyThatLeaks) {
  EXPECT_DEATH(
      {
        Checked<Faulty<Mistake::leaks>> strategy{Parameters{}};
        auto worker = strategy.attach(0);
        auto slot = strategy.open_slot();
        worker.release(worker.acquire(slot));
      },
      "created - destroyed is not what is parked: heap lost buffers");
}

// What makes stale reads visible where there is no AddressSanitizer.
TEST(Checked, ReleasedStorageIsOverwritten) {
#ifdef BATON_POISONS
  GTEST_SKIP() << "AddressSanitizer reports the read itself";
#else
  Checked<LockedPool<P>> strategy{Parameters{}};
  auto worker = strategy.attach(0);
  auto slot = strategy.open_slot();
  ConnBuffer* const buffer = worker.acquire(slot);
  EXPECT_TRUE(buffer->append("secret"));
  const char* const storage = buffer->storage;
  worker.release(buffer);
  EXPECT_EQ(storage[0], kReleased);
#endif
}

#ifdef BATON_POISONS
TEST_F(CheckedDeath, ReadingReleasedStorage) {
  auto worker = strategy_.attach(0);
  auto slot = strategy_.open_slot();
  EXPECT_DEATH(
      {
        ConnBuffer* const buffer = worker.acquire(slot);
        char* const storage = buffer->storage;
        worker.release(buffer);
        storage[0] = 'X';
      },
      "use-after-poison");
}
#endif

}  // namespace
}  // namespace baton::test
