// Several strategies in one process, in turns of some milliseconds: both sides of a ratio see the same
// machine. And in several seatings: where a pipeline's memory and code lie makes it faster or slower from its
// first turn to its last, so that one pipeline says nothing about its strategy (docs/resolution.md).
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/measure/lookout.hpp"
#include "harness/trial/code_copies.hpp"
#include "harness/trial/conductor.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/memory_load.hpp"
#include "harness/trial/set_up.hpp"

namespace baton::trial {

namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kLead = 0.1;              // of a slice: caches and threads warm up before it is measured
constexpr std::chrono::seconds kRest{30};  // most that a pipeline may take to finish what is under way

void sleep(double seconds) { std::this_thread::sleep_for(Seconds(seconds)); }

// Memory that nobody uses, so that what is allocated next lies elsewhere than last time. Any thread.
class Ballast {
 public:
  explicit Ballast(std::uint64_t seed) : random_(seed) {}
  // Some blocks of the calling thread's arena, up to some pages in all.
  void add() {
    const std::lock_guard lock(mutex_);
    for (std::uint64_t blocks = random_() % kMostBlocks; blocks != 0; --blocks) {
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(1 + random_() % kMostBytes));
    }
  }

 private:
  static constexpr std::uint64_t kMostBlocks = 16;
  static constexpr std::uint64_t kMostBytes = 1024;

  std::mutex mutex_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

// A strategy's pipeline with clients of its own, which is at turn or stands still.
class Contender {
 public:
  Contender(const TrialConfig& config, const std::string& strategy, const PerfCounters& counters,
            std::uint64_t seat, std::uint32_t copy)
      : config_(with_strategy(config, strategy)),
        copy_(copy),
        ballast_(seat),
        transport_(memory_script(config_), config_.pipeline.client_workers),
        pipeline_(
            code_copy_of(instance_named(config_.strategy), copy)(config_.pipeline, transport_, options())),
        conductor_(*pipeline_, outcome_, counters, Conductor::OneOfSeveral{}) {
    gate().close();
    pipeline_->start();
  }
  Contender(const Contender&) = delete;
  Contender& operator=(const Contender&) = delete;

  void ramp(double seconds) {
    begin_turn();
    sleep(seconds);
    end_turn();
  }
  void turn(double seconds, const Glance& before, std::uint32_t place) {
    begin_turn();
    sleep(seconds * kLead);
    conductor_.begin_measure();
    transport_.clock().begin_measure(clock_.ticks());
    sleep(seconds);
    transport_.clock().end_measure(clock_.ticks());
    Slice slice = conductor_.end_measure();
    slice.before = before;
    slice.place = place;
    slice.copy = copy_;
    outcome_.slices.push_back(slice);
    conductor_.sample();
    end_turn();
  }
  Outcome stop() {
    conductor_.stop();
    take_clients(transport_, outcome_);
    return std::move(outcome_);
  }

 private:
  static TrialConfig with_strategy(TrialConfig config, const std::string& strategy) {
    config.strategy = strategy;
    return config;
  }
  pipeline::PipelineOptions options() {
    pipeline::PipelineOptions options = trial_options(config_, Role::timed, book_);
    options.on_thread = [this, begin = std::move(options.on_thread)](pipeline::Role role,
                                                                     std::uint32_t index) {
      begin(role, index);
      ballast_.add();
    };
    ballast_.add();
    return options;
  }
  load::RunGate& gate() noexcept { return transport_.clock().gate; }
  void begin_turn() {
    wait_at_rest();
    gate().open();
  }
  void end_turn() {
    gate().close();
    wait_at_rest();
  }
  void wait_at_rest() {
    if (!gate().wait_held(config_.load.connections, kRest)) {
      throw std::runtime_error(
          fmt::format("{} did not finish what was under way within {} s", config_.strategy, kRest.count()));
    }
  }

  TrialConfig config_;
  std::uint32_t copy_;
  const TickClock& clock_ = TickClock::shared();
  Outcome outcome_;
  LedgerBook book_;
  Ballast ballast_;
  MemoryTransport transport_;
  std::unique_ptr<pipeline::Running> pipeline_;
  Conductor conductor_;
};

// A pipeline for each strategy, and turns of each.
class Seating {
 public:
  Seating(const TrialConfig& config, const std::vector<std::string>& strategies, const PerfCounters& counters,
          std::vector<CopyOrder>& copies, std::mt19937_64& random)
      : random_(random), contenders_(strategies.size()) {
    // Made in random order too: where a pipeline's memory lies follows from what was there before it.
    std::vector<std::size_t> places(strategies.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::shuffle(places.begin(), places.end(), random);
    for (const std::size_t place : places) {
      const std::uint32_t copy = copies[place].next(random);
      contenders_[place] = std::make_unique<Contender>(config, strategies[place], counters, random(), copy);
      order_.push_back(contenders_[place].get());
    }
  }

  void ramp(double seconds) {
    for (Contender* contender : order_) contender->ramp(seconds);
  }
  // A turn of each. The machine is looked at before each, while all are at rest.
  void block(double seconds, NoiseWatch& noise, Lookout& lookout) {
    std::shuffle(order_.begin(), order_.end(), random_);
    for (std::uint32_t place = 0; place < order_.size(); ++place) {
      const Glance before = lookout.look();
      order_[place]->turn(seconds, before, place);
      noise.sample();
    }
  }
  void stop(std::vector<Outcome>& outcomes) {
    for (std::size_t i = 0; i < contenders_.size(); ++i) append(outcomes[i], contenders_[i]->stop());
  }

 private:
  std::mt19937_64& random_;
  std::vector<std::unique_ptr<Contender>> contenders_;  // in the order of the strategies
  std::vector<Contender*> order_;
};

}  // namespace

std::vector<Outcome> run_sliced_trial(const TrialConfig& config, const std::vector<std::string>& strategies) {
  const double slice_s = config.slice_ms * 1e-3;
  const PerfCounters counters = counters_for(config);
  std::mt19937_64 random(config.seed);
  std::vector<Outcome> outcomes(strategies.size());
  std::vector<CopyOrder> copies;
  for (const std::string& strategy : strategies) copies.emplace_back(instance_named(strategy));
  NoiseWatch noise;
  Lookout lookout(first_two_cpus());
  bool watching = false;
  const long blocks = std::max(1L, std::lround(config.measure_s / slice_s));
  const long seated = config.seating_turns == 0 ? blocks : static_cast<long>(config.seating_turns);
  for (long done = 0; done < blocks && !interrupted();) {
    Seating seating(config, strategies, counters, copies, random);
    // Caches, lists and clocks are cold once; what a new seating has to make, it makes in a slice.
    seating.ramp(done == 0 ? config.ramp_s : std::min(config.ramp_s, slice_s));
    if (!std::exchange(watching, true)) noise.begin();
    for (long turn = 0; turn < seated && done < blocks && !interrupted(); ++turn, ++done) {
      seating.block(slice_s, noise, lookout);
    }
    seating.stop(outcomes);
  }
  if (watching) noise.end();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    TrialConfig own = config;
    own.strategy = strategies[i];
    judge(own, outcomes[i]);
    if (watching) outcomes[i].noise = noise.json();
    require_forward(noise.clock(), outcomes[i]);
  }
  return outcomes;
}

}  // namespace baton::trial
