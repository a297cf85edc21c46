// The check that stands before every timing finds what it is there for.
#include "bench/primitives/check.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <vector>

#include "bench/primitives/line_transfer.hpp"
#include "bench/primitives/shared_pool.hpp"

namespace baton::primitives {
namespace {

enum class Fault : std::uint8_t { none, hands_out_twice, loses_some, leaves_unread };

// A sound pool with one fault planted.
template <Fault kFault>
class Pool {
 public:
  static constexpr std::string_view kName = "pool";
  static constexpr Role kRole = Role::shared_peer;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(Pool& pool, unsigned /*index*/) : pool_(pool) {}
    [[nodiscard]] ConnBuffer* acquire() {
      const std::lock_guard lock(pool_.mutex_);
      if (pool_.unused_.empty()) {
        return pool_.depot_.make();
      }
      ConnBuffer* const buffer = pool_.unused_.back();
      if (kFault != Fault::hands_out_twice || ++pool_.acquired_ % 100 != 0) {
        pool_.unused_.pop_back();
      }
      return buffer;
    }
    void release(ConnBuffer* buffer) {
      if (kFault != Fault::leaves_unread) {
        buffer->clear();
      }
      const std::lock_guard lock(pool_.mutex_);
      if (kFault != Fault::loses_some || ++pool_.released_ % 100 != 0) {
        pool_.unused_.push_back(buffer);
      }
    }

   private:
    Pool& pool_;
  };

  explicit Pool(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing(
        [&, i = std::size_t{0}]() mutable { return i < unused_.size() ? unused_[i++] : nullptr; });
  }

 private:
  Depot<> depot_;
  std::mutex mutex_;
  std::vector<ConnBuffer*> unused_;
  unsigned acquired_ = 0;
  unsigned released_ = 0;
};

TEST(Check, LetsASoundContenderThrough) { EXPECT_EQ(fault_of<Pool<Fault::none>>(), ""); }

TEST(Check, FindsABufferThatIsHandedOutTwice) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "two owners of a buffer are the data race that this sanitizer ends the program for";
#endif
  EXPECT_EQ(fault_of<Pool<Fault::hands_out_twice>>(), "a buffer was handed out twice");
}

TEST(Check, FindsABufferThatDoesNotComeBack) {
  EXPECT_NE(fault_of<Pool<Fault::loses_some>>().find("buffers did not come back"), std::string::npos);
}

TEST(Check, FindsABufferThatIsHandedOutWithUnreadBytes) {
  EXPECT_EQ(fault_of<Pool<Fault::leaves_unread>>(), "a buffer was handed out with unread bytes");
}

TEST(LineTransfer, TakesATimeIfThereAreTwoProcessors) {
  const auto transfer = line_transfer_ns();
  ASSERT_EQ(transfer.has_value(), processors().size() > 1);
  EXPECT_GT(transfer.value_or(1), 0);
}

}  // namespace
}  // namespace baton::primitives
