// Why there is an open loop: a worker that stands still for 200 ms shows in its latencies, and a closed loop,
// which asks nothing of a server that does not answer, hardly sees it (coordinated omission).
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "harness/pipeline/pipeline.hpp"
#include "harness/trial/memory_transport.hpp"
#include "strategies/two_cache.hpp"

namespace baton::trial {
namespace {

using namespace std::chrono_literals;

constexpr auto kStall = 200ms;

// The next request boundary takes that long, once.
std::atomic<bool> stall_now{false};

class StallsOnce : public TwoCache<NativePlatform> {
 public:
  using TwoCache<NativePlatform>::TwoCache;

  class Worker : public TwoCache<NativePlatform>::Worker {
   public:
    using TwoCache<NativePlatform>::Worker::Worker;
    [[nodiscard]] bool housekeep() noexcept {
      if (stall_now.exchange(false, std::memory_order_relaxed)) {  // a flag
        std::this_thread::sleep_for(kStall);
      }
      return TwoCache<NativePlatform>::Worker::housekeep();
    }
  };
  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
};
static_assert(Strategy<StallsOnce>);

// Nanoseconds from when requests were due, of a second in which the only worker stalls once.
Histogram latencies(const load::MemoryScript& script) {
  pipeline::Settings settings;
  settings.client_workers = 1;
  settings.fetch_workers = 0;
  MemoryTransport transport(script, settings.client_workers);
  pipeline::Pipeline<StallsOnce, MemoryTransport> pipeline(settings, transport, {});
  const TickClock& clock = TickClock::shared();
  pipeline.start();
  std::this_thread::sleep_for(50ms);
  transport.clock().begin_measure(clock.ticks());
  std::this_thread::sleep_for(100ms);
  stall_now.store(true, std::memory_order_relaxed);  // a flag
  std::this_thread::sleep_for(900ms);
  transport.clock().end_measure(clock.ticks());
  pipeline.stop();
  EXPECT_FALSE(stall_now.load(std::memory_order_relaxed)) << "nobody stalled";
  return transport.locals().front().intended;
}

TEST(Stall, ShowsInTheP99OfAnOpenLoopAndIsMissedByAClosedOne) {
  const load::MemoryScript closed{.connections = 4};
  const load::MemoryScript open{.connections = 4, .open_loop = true, .rate = 500};
  constexpr std::uint64_t kHalfOfIt = std::chrono::nanoseconds(kStall).count() / 2;

  const Histogram told = latencies(open);
  EXPECT_GT(told.percentile(99), kHalfOfIt) << "a fifth of the requests were due while nobody served";

  const Histogram naive = latencies(closed);
  EXPECT_LT(naive.percentile(99), kHalfOfIt) << "four requests of very many waited";
  EXPECT_GE(naive.max(), kHalfOfIt) << "and it did happen";
}

}  // namespace
}  // namespace baton::trial
