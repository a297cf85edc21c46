#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/trial/conductor.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/memory_transport.hpp"
#include "harness/trial/set_up.hpp"

namespace baton::trial {

namespace {

MemoryScript script_of(const TrialConfig& config) {
  MemoryScript script;
  script.connections = config.load.connections;
  script.pipelining = config.load.pipelining;
  script.open_loop = config.load.loop == Loop::open;
  script.poisson = config.load.arrivals == Arrivals::poisson;
  script.rate = config.load.rate;
  script.request_head_bytes = config.load.request_head_bytes;
  script.body_bytes = config.body.bytes;
  script.chunked = config.body.chunked;
  script.piece_bytes = config.body.piece_bytes;
  script.read_ahead_bytes = config.body.read_ahead_bytes;
  script.pause = std::chrono::milliseconds(config.body.pause_ms);
  script.pause_at = config.body.pause_at;
  script.hangup_fraction = config.hangup.fraction;
  script.hangup_after = config.hangup.after_bytes;
  script.seed = config.seed;
  return script;
}

void add(Outcome& outcome, const MemoryLocal& local) {
  outcome.completed += local.completed;
  outcome.completed_ever += local.completed_ever;
  outcome.body_bytes += local.body_bytes;
  outcome.wrong += local.wrong;
  outcome.failed += local.failed;
  outcome.hung_up += local.hung_up;
  outcome.intended.merge(local.intended);
  outcome.service.merge(local.service);
}

}  // namespace

Outcome run_memory_trial(const TrialConfig& config, Role role) {
  const Instance& instance = instance_for(config);
  Outcome outcome;
  LedgerBook book;
  MemoryTransport transport(script_of(config), config.pipeline.client_workers);
  const auto make = role == Role::verifying ? instance.verifying_memory : instance.memory;
  const auto pipeline = make(config.pipeline, transport, trial_options(role, book));
  Conductor conductor(*pipeline, outcome);
  conductor.before_load();
  const TickClock& clock = TickClock::shared();

  pipeline->start();
  std::this_thread::sleep_for(std::chrono::duration<double>(config.ramp_s));
  conductor.begin_measure();
  transport.clock().begin_measure(clock.ticks());
  const auto measured =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(config.measure_s));
  const std::chrono::steady_clock::time_point end = std::chrono::steady_clock::now() + measured;
  while (std::chrono::steady_clock::now() < end && !interrupted()) {
    conductor.sample();
    std::this_thread::sleep_until(std::min(end, std::chrono::steady_clock::now() + sample_interval(config)));
  }
  transport.clock().end_measure(clock.ticks());
  conductor.end_measure();
  conductor.stop();

  for (const MemoryLocal& local : transport.locals()) {
    add(outcome, local);
  }
  if (outcome.failed != 0) {
    outcome.failures["error answer or closed connection"] = outcome.failed;
  }
  if (role == Role::verifying) {
    outcome.ledger = book.sum();
  }
  judge(config, outcome);
  return outcome;
}

}  // namespace baton::trial
