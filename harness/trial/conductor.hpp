// Leads a pipeline through the phases of a trial and takes down what it sees of it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
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

// The options a trial's pipeline is made with. `book` outlives the pipeline. Throws std::runtime_error if its
// workers cannot be pinned as planned.
pipeline::PipelineOptions trial_options(const TrialConfig& config, Role role, LedgerBook& book);

// One thread calls, in this order: before_load (the pipeline runs and nothing is sent yet), begin_measure,
// sample (any number), end_measure, stop. A measured phase in several parts (slices) begins and ends several
// times; the parts add up.
class Conductor {
 public:
  // `counters` were opened before the pipeline's threads were started, and outlive this. `helpers`: the
  // processes of clients and origin. The pipeline has the process to itself.
  Conductor(pipeline::Running& pipeline, Outcome& outcome, const PerfCounters& counters,
            std::vector<int> helpers = {})
      : pipeline_(pipeline), outcome_(outcome), counters_(counters), noise_(NoiseWatch(std::move(helpers))) {}

  // One of several pipelines in the process: its memory cannot be told apart, and whoever leads them all
  // watches the noise.
  struct OneOfSeveral {};
  Conductor(pipeline::Running& pipeline, Outcome& outcome, const PerfCounters& counters, OneOfSeveral /*tag*/)
      : pipeline_(pipeline), outcome_(outcome), counters_(counters), alone_(false) {}

  void before_load();
  void begin_measure();
  void sample();
  void resize(const TrialConfig& config);  // if the time of the next size has come
  Slice end_measure();                     // the part that ended
  // Once nothing is under way any more: looks at memory after 0, 1 and 10 s, as far as that lies within
  // `seconds`; 0: not at all.
  void watch_calm(double seconds);
  void stop();  // drains the pipeline; conservation is judged here

 private:
  [[nodiscard]] CpuByRole cpu() const;
  [[nodiscard]] ProcessMemory process_memory() const {
    return alone_ ? read_process_memory() : ProcessMemory{};
  }

  pipeline::Running& pipeline_;
  Outcome& outcome_;
  const PerfCounters& counters_;
  bool alone_ = true;
  std::uint64_t begin_ns_ = 0;
  pipeline::Totals totals_;
  CpuByRole cpu_;
  CpuUsage usage_;
  std::optional<NoiseWatch> noise_;
  CounterValues counters_before_;
};

// Opens a trial's kernel counters, if it is to have them. Before its threads are started.
inline PerfCounters counters_for(const TrialConfig& config) {
  return PerfCounters(config.counters ? PerfCounters::Wanted::yes : PerfCounters::Wanted::no);
}

// Faults the outcome if a clock ran backwards.
void require_forward(const ClockCheck& clock, Outcome& outcome);

// The trial itself, in this process. Throws std::runtime_error if it cannot be set up.
Outcome run_memory_trial(const TrialConfig& config, Role role);
Outcome run_tcp_trial(const TrialConfig& config, Role role);

// A pipeline for each strategy, all in this process, which take turns in slices of config.slice_ms in random
// order (config.seed) until each has had config.measure_s. After config.seating_turns of each they are made
// afresh: a seating, in which everything lies elsewhere. The same order of outcomes as of strategies.
std::vector<Outcome> run_sliced_trial(const TrialConfig& config, const std::vector<std::string>& strategies);

}  // namespace baton::trial
