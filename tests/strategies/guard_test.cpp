// request_workspace's guard thread: it grows to a minimum, trims a burst slowly, and reads no clock.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "strategies/request_workspace.hpp"

namespace baton::test {
namespace {

class Guard : public ::testing::Test {
 protected:
  static Parameters parameters() {
    Parameters parameters;
    parameters.buffer_bytes = 256;
    parameters.workspace_bytes = 1024;
    return parameters;
  }
  std::size_t unused() { return strategy_.footprint().shared.buffers; }
  // Visits until nothing is left to do; milliseconds that takes.
  std::uint32_t settle() {
    std::uint32_t ms = 0;
    for (std::uint32_t pause = 0; pause != kGuardIdlePauseMs; ms += pause) {
      pause = strategy_.guard_step();
    }
    return ms - kGuardIdlePauseMs;
  }
  // As many requests at once as sessions, and all of them over.
  void burst(std::uint32_t requests) {
    struct Connection {
      RequestWorkspace<>::Session session;
    };
    auto worker = strategy_.attach(0);
    std::vector<std::unique_ptr<Connection>> connections;
    std::vector<ConnBuffer*> buffers;
    for (std::uint32_t i = 0; i < requests; ++i) {
      connections.emplace_back(new Connection{strategy_.open_session()});
      buffers.push_back(worker.acquire(connections.back()->session));
    }
    for (ConnBuffer* const buffer : buffers) {
      worker.release(buffer);
    }
  }

  RequestWorkspace<> strategy_{parameters()};
};

TEST_F(Guard, GrowsBothPoolsToTheirMinimum) {
  settle();
  EXPECT_EQ(strategy_.footprint().shared, (Holding{2 * kGuardMinUnused, 2 * kGuardMinUnused * 1024}));
}

TEST_F(Guard, SleepsLongerWhenThereIsNothingToDo) {
  EXPECT_EQ(strategy_.guard_step(), kGuardGrowPauseMs);
  settle();
  EXPECT_EQ(strategy_.guard_step(), kGuardIdlePauseMs);
}

TEST_F(Guard, TrimsABurstOneWorkspaceAVisitDownToItsMaximum) {
  settle();
  burst(kGuardMaxUnused + 50);
  const std::size_t after_burst = unused();
  EXPECT_EQ(strategy_.guard_step(), kGuardTrimPauseMs);
  EXPECT_EQ(unused(), after_burst - 1);
  EXPECT_GE(settle(), 49 * kGuardTrimPauseMs);
  EXPECT_EQ(unused(), kGuardMaxUnused + kGuardMinUnused);
}

TEST_F(Guard, TrimsWhatNobodyUsedForLongDownToTheMinimum) {
  settle();
  burst(50);
  settle();
  EXPECT_EQ(unused(), 50 + kGuardMinUnused);
  for (std::uint32_t ms = 0; ms <= kGuardMaxAgeMs;) {
    ms += strategy_.guard_step();
  }
  settle();
  EXPECT_EQ(unused(), 2 * kGuardMinUnused);
}

TEST_F(Guard, KeepsWhatIsInUseAllTheTime) {
  settle();
  burst(50);
  for (std::uint32_t ms = 0; ms <= 3 * kGuardMaxAgeMs;) {
    ms += strategy_.guard_step();
    burst(50);
  }
  EXPECT_EQ(unused(), 50 + kGuardMinUnused);
}

TEST_F(Guard, ReplacesWorkspacesOfAnEarlierSize) {
  settle();
  strategy_.set_buffer_bytes(4096);
  settle();
  EXPECT_EQ(strategy_.footprint().shared, (Holding{2 * kGuardMinUnused, 2 * kGuardMinUnused * 4096}));
}

TEST_F(Guard, DoesNotGrowWhereBuffersAreLimited) {
  Parameters limited = parameters();
  limited.max_buffers = 5;
  RequestWorkspace<> strategy(limited);
  EXPECT_EQ(strategy.guard_step(), kGuardIdlePauseMs);
  EXPECT_EQ(strategy.footprint().created.buffers, 0U);
}

}  // namespace
}  // namespace baton::test
