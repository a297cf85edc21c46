#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/trial/conductor.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/memory_load.hpp"
#include "harness/trial/memory_transport.hpp"
#include "harness/trial/set_up.hpp"

namespace baton::trial {

Outcome run_memory_trial(const TrialConfig& config, Role role) {
  const Instance& instance = instance_named(config.strategy);
  Outcome outcome;
  LedgerBook book;
  const PerfCounters counters = counters_for(config);
  MemoryTransport transport(memory_script(config), config.pipeline.client_workers);
  const auto make = role == Role::verifying ? instance.verifying_memory : instance.memory;
  const auto pipeline = make(config.pipeline, transport, trial_options(config, role, book));
  Conductor conductor(*pipeline, outcome, counters);
  conductor.before_load();
  const TickClock& clock = TickClock::shared();

  pipeline->start();
  const FailingAllocations failing(role == Role::verifying ? config.faults.allocation : 0);
  std::this_thread::sleep_for(std::chrono::duration<double>(config.ramp_s));
  conductor.begin_measure();
  transport.clock().begin_measure(clock.ticks());
  const auto measured =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(config.measure_s));
  const std::chrono::steady_clock::time_point end = std::chrono::steady_clock::now() + measured;
  while (std::chrono::steady_clock::now() < end && !interrupted()) {
    conductor.sample();
    conductor.resize(config);
    std::this_thread::sleep_until(std::min(end, std::chrono::steady_clock::now() + sample_interval(config)));
  }
  transport.clock().end_measure(clock.ticks());
  conductor.end_measure();
  if (config.calm_s > 0) {
    transport.clock().gate.close();
    if (!transport.clock().gate.wait_held(config.load.connections, config.pipeline.drain_timeout)) {
      outcome.faults.emplace_back(
          "the load did not end: requests were still under way after the drain timeout");
    }
    conductor.watch_calm(config.calm_s);
  }
  conductor.stop();

  take_clients(transport, outcome);
  if (role == Role::verifying) {
    outcome.ledger = book.sum();
  }
  judge(config, outcome);
  return outcome;
}

}  // namespace baton::trial
