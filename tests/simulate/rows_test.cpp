// The registry's rows on simulated cores: nothing is lost, everything is decided by the seed, and what is
// planted is found.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "simulate/simulated_pipeline.hpp"
#include "simulate/study.hpp"
#include "strategies/two_cache.hpp"

namespace baton::simulate {
namespace {

Scenario scenario(double ratio) {
  Scenario made;
  made.workload = "a test";
  made.config.pipeline.client_workers = 1;
  made.config.pipeline.fetch_workers = 1;
  made.config.pipeline.waiting = net::Waiting::spin;
  made.config.pipeline.handoff.ratio = ratio;
  made.config.body.bytes = {4096};
  made.config.body.read_ahead_bytes = 1024;
  made.work_us = 2;
  made.ms = 0.2;
  return made;
}
const Machine& machine() { return presets().front(); }

class EveryRow : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] static Outcome run(const Scenario& made, std::uint32_t cores, std::uint64_t seed = 1) {
    Unknowns unknowns;
    unknowns.seed = seed;
    return std::ranges::find(rows(), GetParam(), &Row::name)->run(made, machine(), unknowns, cores);
  }
};

TEST_P(EveryRow, LosesNothingWithHandoffsHangUpsPipeliningAndHops) {
  for (const std::uint32_t cores : {1U, 2U, 7U, 24U}) {
    Scenario made = scenario(0.5);
    made.config.hangup.fraction = 0.25;
    made.config.load.pipelining = cores == 7 ? 4 : 1;
    made.config.pipeline.handoff.hops = cores == 24 ? 2 : 1;
    const Outcome outcome = run(made, cores);
    EXPECT_TRUE(outcome.conserved) << cores;
    EXPECT_GT(outcome.requests, 20U) << cores;
    EXPECT_EQ(outcome.failed, 0U) << cores;
    EXPECT_GT(outcome.hung_up, 0U) << cores;
    EXPECT_EQ(outcome.handoffs > 0, cores > 1) << cores;
    EXPECT_EQ(outcome.latencies_ns.size(), outcome.requests);
    std::uint64_t by_distance = 0;
    for (const std::uint64_t transfers : outcome.tally.transfers) by_distance += transfers;
    EXPECT_EQ(by_distance, outcome.transfers) << cores;
  }
}

TEST_P(EveryRow, KeepsTheContract) {
  Scenario made = scenario(0.5);
  made.config.hangup.fraction = 0.25;
  made.config.load.pipelining = 2;
  const Row& row = *std::ranges::find(rows(), GetParam(), &Row::name);
  const Outcome outcome = row.checked(made, machine(), {}, 12);
  EXPECT_GT(outcome.requests, 20U);
  EXPECT_TRUE(outcome.conserved);
}

TEST_P(EveryRow, OfOneSeedDoesTheSameEveryTime) {
  const Outcome one = run(scenario(1), 8, 3), again = run(scenario(1), 8, 3);
  EXPECT_EQ(one.latencies_ns, again.latencies_ns);
  EXPECT_EQ(one.stalled, again.stalled);
  EXPECT_NE(one.latencies_ns, run(scenario(1), 8, 4).latencies_ns);
}

// Wherever it is built: what both compilers gave. Who changes the model or one of these rows on purpose
// writes down what comes out now.
TEST(Rows, AreTheSameOnEveryCompiler) {
  const auto sum_of = [](std::string_view name) {
    const Outcome outcome =
        std::ranges::find(rows(), name, &Row::name)->run(scenario(0.5), machine(), {}, 12);
    std::uint64_t sum = outcome.stalled;
    for (const std::uint32_t latency : outcome.latencies_ns) sum = sum * 31 + latency;
    return sum;
  };
  EXPECT_EQ(sum_of("heap"), 9536334932561280423U);
  EXPECT_EQ(sum_of("lockfree_stack"), 9808218486199893631U);
  EXPECT_EQ(sum_of("two_cache"), 16769169551497485496U);
}

TEST(Rows, OfALockAllWaitForWhoIsPutToSleepInAnAcquire) {
  Scenario made = scenario(1);
  made.config.pipeline.client_workers = 8;
  made.config.pipeline.fetch_workers = 8;
  made.config.load.connections = 32;
  made.ms = 60;
  const auto per_s = [&made](std::string_view name, double preempt_per_s) {
    made.config.faults.preempt_per_s = preempt_per_s;
    const Outcome outcome = std::ranges::find(rows(), name, &Row::name)->run(made, machine(), {}, 16);
    EXPECT_EQ(outcome.tally.holes > 0, preempt_per_s > 0) << name;
    return outcome.per_s();
  };
  const double lock = per_s("locked_pool", 1000) / per_s("locked_pool", 0);
  const double stack = per_s("lockfree_stack", 1000) / per_s("lockfree_stack", 0);
  EXPECT_GT(stack, 0.8);
  EXPECT_LT(lock, 0.7);
}

TEST_P(EveryRow, KeepsTheContractWhereThreadsShareCores) {
  for (const net::Waiting waiting : {net::Waiting::spin, net::Waiting::block}) {
    Scenario made = scenario(0.5);
    made.config.pipeline.waiting = waiting;
    made.threads_per_core = 6;
    made.ms = 20;
    const Row& row = *std::ranges::find(rows(), GetParam(), &Row::name);
    const Outcome outcome = row.checked(made, machine(), {}, 2);
    EXPECT_GT(outcome.requests, 100U);
    EXPECT_GT(outcome.tally.preemptions, 0U);
    EXPECT_TRUE(outcome.conserved);
  }
}

TEST_P(EveryRow, OutlivesItsThreadsBeingPreempted) {
  Scenario made = scenario(1);
  made.ms = 4;
  made.holes = {.per_s = 200};
  const Outcome outcome = run(made, 8);
  EXPECT_TRUE(outcome.conserved);
  EXPECT_GT(outcome.tally.holes, 0U);
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Row& row : rows()) all.emplace_back(row.name);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Rows, EveryRow, testing::ValuesIn(names()),
                         [](const auto& parameter) { return parameter.param; });

// A two_cache whose workers also do what `Planted` does at each acquire.
template <class P, template <class> class Planted>
class With : public TwoCache<P> {
 public:
  explicit With(const Parameters& parameters) : TwoCache<P>(parameters), planted_(parameters.workers) {}
  class Worker : public TwoCache<P>::Worker {
   public:
    Worker(With& strategy, std::uint32_t index)
        : TwoCache<P>::Worker(strategy, index), planted_(strategy.planted_), index_(index) {}
    template <class Place>
    [[nodiscard]] ConnBuffer* acquire(Place& place) noexcept {
      planted_.touch(index_);
      return TwoCache<P>::Worker::acquire(place);
    }

   private:
    Planted<P>& planted_;
    std::uint32_t index_;
  };
  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }

 private:
  Planted<P> planted_;
};

template <class P>
struct SharedCounter {
  explicit SharedCounter(std::uint32_t /*workers*/) { P::named(&count, sizeof count, "planted counter"); }
  void touch(std::uint32_t /*worker*/) noexcept { count.fetch_add(1, std::memory_order_relaxed); }
  alignas(64) typename P::template Atomic<std::uint64_t> count{0};
};
// Each worker's own word, beside the others'.
template <class P>
struct Neighbours {
  explicit Neighbours(std::uint32_t workers)
      : words(std::make_unique<typename P::template Atomic<std::uint64_t>[]>(workers)) {
    P::named(words.get(), workers * sizeof words[0], "planted neighbours");
  }
  void touch(std::uint32_t worker) noexcept {
    words[worker].store(words[worker].load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    static_cast<void>(words[worker].load(std::memory_order_relaxed));
  }
  std::unique_ptr<typename P::template Atomic<std::uint64_t>[]> words;
};
// What all read and nobody changes, without padding from what one of them counts.
template <class P>
struct Unpadded {
  explicit Unpadded(std::uint32_t /*workers*/) { P::named(&shared, sizeof shared, "planted setting"); }
  void touch(std::uint32_t worker) noexcept {
    static_cast<void>(shared.setting.load(std::memory_order_relaxed));
    if (worker == 0) shared.count.fetch_add(1, std::memory_order_relaxed);
  }
  struct alignas(64) {
    typename P::template Atomic<std::uint64_t> setting{0};
    typename P::template Atomic<std::uint64_t> count{0};
  } shared;
};

template <template <class> class Planted>
std::string hottest() {
  Scenario made = scenario(0);
  made.config.pipeline.fetch_workers = 0;
  made.config.body.bytes = {64};
  // Each worker has a client of its own and stays with it: nothing is dispatched.
  made.config.load.connections = made.config.pipeline.client_workers;
  made.workers_per_pool = 1;
  made.work_us = 0.5;
  const Outcome outcome = simulate<With<SimPlatform, Planted>>(made, machine(), {}, 32);
  EXPECT_TRUE(outcome.conserved);
  const auto& lines = outcome.tally.lines;
  const auto* const most = std::ranges::max_element(lines, {}, &LineCost::stalled);
  return outcome.names[static_cast<std::size_t>(most - lines.begin())];
}

TEST(Heat, NamesWhatWasPlanted) {
  EXPECT_EQ(hottest<SharedCounter>(), "planted counter");
  EXPECT_EQ(hottest<Neighbours>(), "planted neighbours");
  EXPECT_EQ(hottest<Unpadded>(), "planted setting");
}

}  // namespace
}  // namespace baton::simulate
