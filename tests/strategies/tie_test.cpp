// The tie: a giver's housekeeping waits until the receiver has let go of the giver's memory.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>

#include "strategies/checked.hpp"
#include "strategies/workspace_wait.hpp"

namespace baton::test {
namespace {

// Tells when a strategy is about to wait, so that a test can let go then and not before.
struct WatchedPlatform : NativePlatform {
  static constexpr std::size_t kGuardBytes = 64;
  static inline std::function<void()> about_to_wait;
  template <class T>
  struct Atomic : std::atomic<T> {
    using std::atomic<T>::atomic;
    void wait(T old, std::memory_order order) const noexcept {
      about_to_wait();
      std::atomic<T>::wait(old, order);
    }
  };
};

class Tie : public ::testing::Test {
 protected:
  void SetUp() override {
    WatchedPlatform::about_to_wait = [this] {
      ++waits_;
      ASSERT_NE(reader_, nullptr) << "it waits for nobody";
      EXPECT_EQ(reader_->unread(), "still being read");
      receiver_->release(reader_);
      reader_ = nullptr;
    };
    giver_.emplace(strategy_, 0);
    receiver_.emplace(strategy_, 1);
    hand_off();
  }
  void hand_off() {
    EXPECT_FALSE(giver_->housekeep());
    ConnBuffer* const buffer = giver_->acquire(slot_);
    ASSERT_TRUE(buffer->append("still being read"));
    reader_ = receiver_->take(giver_->give(buffer));
  }

  using Strategy = WorkspaceWait<WatchedPlatform>;
  // In place, because a Worker neither copies nor moves.
  struct Attached : Strategy::Worker {
    explicit Attached(Strategy& strategy, std::uint32_t index) : Strategy::Worker(strategy, index) {}
  };
  Strategy strategy_{Parameters{}};
  Strategy::Slot slot_ = strategy_.open_slot();
  std::optional<Attached> giver_;
  std::optional<Attached> receiver_;
  ConnBuffer* reader_ = nullptr;
  int waits_ = 0;
};

TEST_F(Tie, HousekeepingWaitsForTheReceiverAndSaysSo) {
  EXPECT_TRUE(giver_->housekeep());
  EXPECT_EQ(waits_, 1);
  EXPECT_EQ(reader_, nullptr);
}

TEST_F(Tie, HousekeepingDoesNotWaitOnceTheReceiverHasLetGo) {
  receiver_->release(reader_);
  EXPECT_FALSE(giver_->housekeep());
  EXPECT_EQ(waits_, 0);
}

TEST_F(Tie, ALeavingGiverWaitsAsWell) {
  giver_.reset();
  EXPECT_EQ(waits_, 1);
}

TEST_F(Tie, TheReceiversOwnHousekeepingDoesNotWait) {
  EXPECT_FALSE(receiver_->housekeep());
  EXPECT_EQ(waits_, 0);
  receiver_->release(reader_);
}

TEST_F(Tie, TheWorkspaceIsTheGiversAgainAfterTheTie) {
  ASSERT_TRUE(giver_->housekeep());
  ConnBuffer* const buffer = giver_->acquire(slot_);
  ASSERT_NE(buffer, nullptr);
  EXPECT_FALSE(buffer->has_unread());
  giver_->release(buffer);
}

}  // namespace
}  // namespace baton::test
