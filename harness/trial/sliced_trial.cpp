// Several strategies in one process, in turns of some milliseconds: both sides of a ratio see the same
// machine.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

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

// A strategy's pipeline with clients of its own, which is at turn or stands still.
class Contender {
 public:
  Contender(const TrialConfig& config, const std::string& strategy, const PerfCounters& counters)
      : config_(with_strategy(config, strategy)),
        transport_(memory_script(config_), config_.pipeline.client_workers),
        pipeline_(instance_for(config_).memory(config_.pipeline, transport_,
                                               trial_options(config_, Role::timed, book_))),
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
  void turn(double seconds) {
    begin_turn();
    sleep(seconds * kLead);
    conductor_.begin_measure();
    transport_.clock().begin_measure(clock_.ticks());
    sleep(seconds);
    transport_.clock().end_measure(clock_.ticks());
    outcome_.slices.push_back(conductor_.end_measure());
    conductor_.sample();
    end_turn();
  }
  Outcome stop() {
    conductor_.stop();
    take_clients(transport_, outcome_);
    judge(config_, outcome_);
    return std::move(outcome_);
  }

 private:
  static TrialConfig with_strategy(TrialConfig config, const std::string& strategy) {
    config.strategy = strategy;
    return config;
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
  const TickClock& clock_ = TickClock::shared();
  Outcome outcome_;
  LedgerBook book_;
  MemoryTransport transport_;
  std::unique_ptr<pipeline::Running> pipeline_;
  Conductor conductor_;
};

}  // namespace

std::vector<Outcome> run_sliced_trial(const TrialConfig& config, const std::vector<std::string>& strategies) {
  const double slice_s = config.slice_ms * 1e-3;
  const PerfCounters counters = counters_for(config);
  std::mt19937_64 random(config.seed);
  // Made in random order too: where a pipeline's memory lies follows from what was there before it.
  std::vector<std::size_t> places(strategies.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::shuffle(places.begin(), places.end(), random);
  std::vector<std::unique_ptr<Contender>> contenders(strategies.size());
  std::vector<Contender*> order;
  for (const std::size_t place : places) {
    contenders[place] = std::make_unique<Contender>(config, strategies[place], counters);
    order.push_back(contenders[place].get());
  }
  for (Contender* contender : order) {
    contender->ramp(config.ramp_s);
  }
  NoiseWatch noise;
  noise.begin();
  const auto blocks = std::max(1L, std::lround(config.measure_s / slice_s));
  for (long block = 0; block < blocks && !interrupted(); ++block) {
    std::shuffle(order.begin(), order.end(), random);
    for (Contender* contender : order) {
      contender->turn(slice_s);
      noise.sample();
    }
  }
  noise.end();
  std::vector<Outcome> outcomes;
  for (const auto& contender : contenders) {
    Outcome& outcome = outcomes.emplace_back(contender->stop());
    outcome.noise = noise.json();
    require_forward(noise.clock(), outcome);
  }
  return outcomes;
}

}  // namespace baton::trial
