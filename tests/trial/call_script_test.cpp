#include "harness/trial/call_script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "harness/pipeline/running.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/memory_load.hpp"
#include "strategies/counting_platform.hpp"
#include "strategies/heap.hpp"
#include "strategies/two_cache.hpp"

namespace baton::trial {
namespace {

using testing::ElementsAre;

TrialConfig requests_of(double handoff_ratio) {
  TrialConfig config;
  config.workload = "made_up";
  config.pipeline.client_workers = config.pipeline.fetch_workers = 2;
  config.pipeline.handoff.ratio = handoff_ratio;
  config.load.connections = 8;
  return config;
}
constexpr ScriptLength kLength{.warm_up = 32, .requests = 96};  // whole batches, and halves of them

std::uint64_t of(const CallCounts& counts, Call call) { return counts.calls[static_cast<std::size_t>(call)]; }
Ledger ledger_of(const CallCounts& counts) {
  Ledger sum;
  for (const Ledger& one : counts.ledgers) sum += one;
  return sum;
}

class Scripts : public testing::TestWithParam<std::string> {
 protected:
  static CallCounts run(const TrialConfig& config) {
    return find_script(GetParam())->counting(config, kLength);
  }
};
std::vector<std::string> every_strategy() {
  std::vector<std::string> names;
  for (const std::string_view name : strategy_names()) names.emplace_back(name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Strategies, Scripts, testing::ValuesIn(every_strategy()),
                         [](const auto& given) { return given.param; });

TEST_P(Scripts, TheSameRequestsCountTheSame) {
  TrialConfig config = requests_of(0.5);
  config.pipeline.handoff.hops = 2;
  config.load.pipelining = 3;
  config.hangup = {.fraction = 0.25, .after_bytes = 10};
  const CallCounts one = run(config);
  const CallCounts other = run(config);
  EXPECT_EQ(one.calls, other.calls);
  for (std::size_t i = 0; i < one.ledgers.size(); ++i)
    EXPECT_EQ(one.ledgers[i], other.ledgers[i]) << kCallNames[i];
  EXPECT_THAT(one.lines, testing::Not(testing::Contains(testing::Key("not named"))));
  EXPECT_EQ(one.requests, kLength.requests);
  EXPECT_NEAR(static_cast<double>(one.handoffs), static_cast<double>(kLength.requests) / 2, 2);
}

TEST_P(Scripts, NothingIsCountedOnThePlatformThatIsTimed) {
  const CallCounts counts = find_script(GetParam())->native(requests_of(1), kLength);
  EXPECT_EQ(ledger_of(counts), Ledger{});
  EXPECT_EQ(of(counts, Call::acquire), 2 * kLength.requests);
  EXPECT_EQ(of(counts, Call::give), kLength.requests);
  EXPECT_EQ(of(counts, Call::take), kLength.requests);
  EXPECT_EQ(of(counts, Call::release), 2 * kLength.requests);
}

// A counter that takes seven instructions to ask, and sees a thousand for each lock.
thread_local std::uint64_t times_asked = 0;
std::uint64_t made_up_instructions() noexcept { return 7 * ++times_asked + 1000 * this_thread_ledger->locks; }

TEST_P(Scripts, WhatTheThreadExecutesWithinACallIsTheCallsAndAskingIsNobodys) {
  ScriptLength length = kLength;
  length.instructions = made_up_instructions;
  const CallCounts counts = find_script(GetParam())->counting(requests_of(0.5), length);
  for (std::size_t i = 0; i < kCallNames.size(); ++i) {
    EXPECT_EQ(counts.instructions[i], 1000 * counts.ledgers[i].locks) << kCallNames[i];
  }
  EXPECT_EQ(run(requests_of(0.5)).instructions, CallCounts().instructions);  // nobody was asked
}

TEST(CallScript, WhatTheProposalClaimsIsWhatIsCounted) {
  // By handoff ratio: a lock for each end of a handoff, none without.
  const auto locks = [](double ratio) {
    return ledger_of(find_script("two_cache")->counting(requests_of(ratio), kLength)).locks;
  };
  EXPECT_EQ(locks(0), 0U);
  EXPECT_EQ(locks(0.5), kLength.requests);
  EXPECT_EQ(locks(1), 2 * kLength.requests);
}

// heap, with what a test wants to see counted.
enum class Planted : std::uint8_t { nothing, lock, copy, allocation, line, neighbours };
template <Planted kPlanted>
class PlantedHeap : public Heap<CountingPlatform> {
  using HeapWorker = Heap<CountingPlatform>::Worker;
  using Word = CountingPlatform::Atomic<std::uint64_t>;

 public:
  class Worker : public HeapWorker {
   public:
    Worker(PlantedHeap& heap, std::uint32_t index) noexcept : HeapWorker(heap, index), heap_(heap) {}
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept {
      if constexpr (kPlanted == Planted::lock) {
        CountingMutex mutex;
        mutex.lock();
        mutex.unlock();
      } else if constexpr (kPlanted == Planted::copy) {
        CountingPlatform::copied(buffer->storage, buffer->storage + 100, 100);
      } else if constexpr (kPlanted == Planted::allocation) {
        CountingPlatform::deallocate(CountingPlatform::allocate(1));
      } else if constexpr (kPlanted != Planted::nothing) {
        heap_.given_.store(1, std::memory_order_relaxed);
      }
      return HeapWorker::give(buffer);
    }
    [[nodiscard]] ConnBuffer* take(ConnBuffer* buffer) noexcept {
      if constexpr (kPlanted == Planted::line) heap_.given_.store(2, std::memory_order_relaxed);
      if constexpr (kPlanted == Planted::neighbours) heap_.taken_.store(2, std::memory_order_relaxed);
      return HeapWorker::take(buffer);
    }

   private:
    PlantedHeap& heap_;
  };
  explicit PlantedHeap(const Parameters& parameters) : Heap<CountingPlatform>(parameters) {
    CountingPlatform::named(&given_, sizeof given_, "times given");
    CountingPlatform::named(&taken_, sizeof taken_, "times taken");
  }
  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }

 private:
  alignas(kCacheLineBytes) Word given_{0};
  Word taken_{0};  // on the same line
};
template <Planted kPlanted>
CallCounts planted_counts() {
  return run_script<PlantedHeap<kPlanted>, true>(requests_of(1), kLength);
}
template <Planted kPlanted>
Ledger planted() {
  CallCounts counts = planted_counts<kPlanted>();
  Ledger in_give = counts.ledgers[static_cast<std::size_t>(Call::give)];
  counts.ledgers[static_cast<std::size_t>(Call::give)] = {};
  Ledger elsewhere = ledger_of(counts);
  EXPECT_EQ(elsewhere.locks, 0U);
  return in_give;
}

TEST(CallScript, APlantedLockCopyAndAllocationAreSeenInTheCallThatHasThem) {
  EXPECT_EQ(planted<Planted::nothing>(), Ledger{});
  EXPECT_EQ(planted<Planted::lock>().locks, kLength.requests);
  EXPECT_EQ(planted<Planted::copy>().bytes_copied, 100 * kLength.requests);
  EXPECT_EQ(planted<Planted::allocation>().allocations, kLength.requests);
}

TEST(CallScript, APlantedLineIsSeenByItsName) {
  const auto nothing = planted_counts<Planted::nothing>().lines;
  auto line = planted_counts<Planted::line>().lines;
  EXPECT_EQ(line["times given"], 2 * kLength.requests);  // to the taker and back
  line.erase("times given");
  EXPECT_EQ(line, nothing);
}

TEST(CallScript, PlantedFalseSharingIsSeenByTheNamesOfBoth) {
  const auto lines = planted_counts<Planted::neighbours>().lines;
  EXPECT_THAT(lines, testing::IsSupersetOf({testing::Pair("times given", kLength.requests),
                                            testing::Pair("times taken", kLength.requests)}));
}

TEST(CallScript, AHandedOffBufferIsFreedByAnotherThread) {
  EXPECT_EQ(planted_counts<Planted::nothing>().freed_elsewhere, kLength.requests);
  const auto script = run_script<Heap<CountingPlatform>, true>;
  EXPECT_EQ(script(requests_of(0), kLength).freed_elsewhere, 0U);
}

// What each design makes travel, by what is on the line. Without a handoff a design with nothing shared
// moves nothing.
TEST(CallScript, TheLinesOfADesignAreTheOnesThatItIsMadeOf) {
  const auto lines = [](const char* strategy, double ratio) {
    TrialConfig config = requests_of(ratio);
    config.load.connections = config.pipeline.client_workers;  // each worker keeps its session
    return find_script(strategy)->counting(config, kLength).lines;
  };
  EXPECT_THAT(lines("two_cache", 0), testing::IsEmpty());
  EXPECT_THAT(lines("heap", 0), testing::IsEmpty());
  EXPECT_THAT(lines("two_cache", 1),
              testing::Contains(testing::Pair("list lock", testing::Ge(kLength.requests))));
  EXPECT_THAT(lines("locked_pool", 0), testing::Contains(testing::Key("list lock")));
  EXPECT_THAT(lines("lockfree_stack", 0), testing::Contains(testing::Key("stack head")));
  EXPECT_THAT(lines("workspace_wait", 1),
              testing::Contains(testing::Pair("lent flags", testing::Ge(kLength.requests))));
  for (const auto& [strategy, ratio] : {std::pair("workspace_wait", 0.0), std::pair("workspace_copy", 0.0)}) {
    EXPECT_THAT(lines(strategy, ratio), testing::IsEmpty()) << strategy;
  }
}

// heap, and how often each call was made by all workers of the pipeline.
std::array<std::atomic<std::uint64_t>, kCallNames.size()> tallied;
class TalliedHeap : public Heap<NativePlatform> {
  using HeapWorker = Heap<NativePlatform>::Worker;
  static void note(Call call) noexcept { tallied[static_cast<std::size_t>(call)].fetch_add(1); }

 public:
  class Worker : public HeapWorker {
   public:
    using HeapWorker::HeapWorker;
    template <class Place>
    [[nodiscard]] ConnBuffer* acquire(Place& place) noexcept {
      note(Call::acquire);
      return HeapWorker::acquire(place);
    }
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept {
      note(Call::give);
      return HeapWorker::give(buffer);
    }
    [[nodiscard]] ConnBuffer* take(ConnBuffer* buffer) noexcept {
      note(Call::take);
      return HeapWorker::take(buffer);
    }
    void release(ConnBuffer* buffer) noexcept {
      note(Call::release);
      HeapWorker::release(buffer);
    }
    [[nodiscard]] bool housekeep() noexcept {
      note(Call::housekeep);
      return HeapWorker::housekeep();
    }
  };
  using Heap<NativePlatform>::Heap;
  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
};

// As many calls a request as the pipeline makes with its threads running at once. That hands off when a fetch
// worker is free, so there has to be one: a client worker has one request at a time.
void expect_as_in_the_pipeline(const TrialConfig& config) {
  for (auto& count : tallied) count = 0;
  MemoryTransport transport(memory_script(config), config.pipeline.client_workers);
  pipeline::RunningPipeline<TalliedHeap, MemoryTransport> pipeline(config.pipeline, transport, {});
  pipeline.start();
  constexpr std::uint64_t kRequests = 20'000;
  while (pipeline.totals().requests < kRequests) std::this_thread::yield();
  pipeline.stop();
  const auto requests = static_cast<double>(pipeline.totals().requests);
  const CallCounts script = run_script<Heap<NativePlatform>, false>(config, kLength);
  for (std::size_t i = 0; i < kCallNames.size(); ++i) {
    const double seen = static_cast<double>(tallied[i]) / requests;
    const double made = static_cast<double>(script.calls[i]) / static_cast<double>(script.requests);
    constexpr double kEnds = 0.01;  // what begins and ends a run is made once
    if (static_cast<Call>(i) == Call::housekeep) {
      // A worker that finds nobody waiting goes on with its session, and does not keep house for a new one.
      EXPECT_LE(seen, made + kEnds);
      EXPECT_GE(seen, made - 1 - kEnds);
    } else {
      EXPECT_NEAR(made, seen, kEnds) << kCallNames[i];
    }
  }
}

TEST(CallScript, MakesTheCallsThatThePipelineMakes) {
  TrialConfig config = requests_of(0);
  expect_as_in_the_pipeline(config);  // more sessions than workers: a session goes back after each answer
  config.load.pipelining = 5;
  expect_as_in_the_pipeline(config);
  config = requests_of(1);
  config.pipeline.client_workers = 1;
  config.load.connections = 1;  // a worker that lingers has the next request at once
  expect_as_in_the_pipeline(config);
}

TEST(CallScript, ABufferTooSmallForAnAnswersHeadIsSaidSo) {
  TrialConfig config = requests_of(0);
  config.pipeline.buffers.buffer_bytes = config.pipeline.buffers.workspace_bytes = 64;
  EXPECT_THAT([&] { find_script("heap")->native(config, kLength); },
              testing::ThrowsMessage<std::runtime_error>(testing::HasSubstr("too small")));
}

}  // namespace
}  // namespace baton::trial
