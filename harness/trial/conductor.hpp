// Leads a pipeline through the phases of a trial and takes down what it sees of it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "harness/measure/clock.hpp"
#include "harness/measure/noise.hpp"
#include "harness/measure/perf_counters.hpp"
#include "harness/pipeline/running.hpp"
#include "harness/trial/config.hpp"
#include "harness/trial/outcome.hpp"
#include "strategies/ledger.hpp"

namespace baton::trial {

enum class Role : std::uint8_t {
  timed,
  verifying
};  // verifying: counting platform, Checked, no times worth reading

// A ledger for each thread of a pipeline.
class LedgerBook {
 public:
  void open_for_this_thread();
  [[nodiscard]] Ledger sum() const;  // after the threads have ended

 private:
  mutable std::mutex mutex_;
  std::deque<Ledger> ledgers_;
};

// The options a trial's pipeline is made with. `book` outlives the pipeline.
pipeline::PipelineOptions trial_options(Role role, LedgerBook& book);

// One thread calls, in this order: before_load (the pipeline runs and nothing is sent yet), begin_measure,
// sample (any number), end_measure, stop.
class Conductor {
 public:
  // Before the pipeline's threads are started: their kernel counters are opened here. `helpers`: the
  // processes of clients and origin.
  Conductor(pipeline::Running& pipeline, Outcome& outcome, std::vector<int> helpers = {})
      : pipeline_(pipeline), outcome_(outcome), noise_(std::move(helpers)) {}

  void before_load();
  void begin_measure();
  void sample();
  void end_measure();
  void stop();  // drains the pipeline; conservation is judged here

 private:
  [[nodiscard]] CpuByRole cpu() const;

  pipeline::Running& pipeline_;
  Outcome& outcome_;
  std::uint64_t begin_ns_ = 0;
  pipeline::Totals totals_;
  CpuByRole cpu_;
  CpuUsage usage_;
  NoiseWatch noise_;
  PerfCounters counters_;
  CounterValues counters_before_;
};

// The trial itself, in this process. Throws std::runtime_error if it cannot be set up.
Outcome run_memory_trial(const TrialConfig& config, Role role);
Outcome run_tcp_trial(const TrialConfig& config, Role role);

}  // namespace baton::trial
