// What a trial found out, before it becomes a record.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/served_shares.hpp"
#include "harness/measure/calibration.hpp"
#include "harness/measure/clock.hpp"
#include "harness/measure/cpu_time.hpp"
#include "harness/measure/histogram.hpp"
#include "harness/measure/lookout.hpp"
#include "harness/measure/perf_counters.hpp"
#include "harness/measure/process_memory.hpp"
#include "harness/pipeline/counters.hpp"
#include "harness/trial/allocator_choice.hpp"
#include "strategies/ledger.hpp"
#include "strategies/parameters.hpp"

namespace baton::trial {

struct MemorySample {
  double t_s = 0;  // since the measured phase began
  Footprint buffers;
  std::optional<std::uint64_t> process_anonymous;  // resident, bytes
};

// After the load: nothing is under way.
struct CalmSample {
  double t_s = 0;  // since the load ended
  Footprint buffers;
  ProcessMemory process;
};

struct CpuByRole {
  std::uint64_t client_workers_ns = 0;
  std::uint64_t fetch_workers_ns = 0;
  std::uint64_t waiter_ns = 0;
  [[nodiscard]] std::uint64_t total_ns() const noexcept {
    return client_workers_ns + fetch_workers_ns + waiter_ns;
  }
};

// One turn of a strategy in a trial that holds several.
struct Slice {
  double seconds = 0;
  std::uint64_t requests = 0;  // begun by the pipeline
  std::uint64_t cpu_ns = 0;    // of the pipeline's threads
  Glance before;               // the machine, with all strategies at rest
  std::uint32_t place = 0;     // among the turns of its block, 0 first
  std::uint32_t copy = 0;      // of the strategy's code (code_copies.hpp)
};

struct Outcome {
  std::optional<AllocatorProof> allocator;  // nothing: the trial's process left no proof
  double measured_s = 0;
  // Of the clients. completed and body_bytes in the measured phase, the rest ever.
  std::uint64_t completed = 0;
  std::uint64_t completed_ever = 0;
  std::uint64_t body_bytes = 0;
  std::uint64_t wrong = 0;
  std::uint64_t failed = 0;
  std::uint64_t hung_up = 0;
  load::ServedShares served;                      // right answers of each client in the measured phase
  std::uint64_t preempted = 0;                    // workers put to sleep in an acquire, ever
  std::uint64_t hit = 0;                          // met a fault that was asked for
  std::map<std::string, std::uint64_t> failures;  // by reason
  Histogram intended;                             // nanoseconds
  Histogram service;
  Histogram recovery;  // from the end of a request that met a fault to the client's next right answer
  Histogram late;      // from when a request was due to when it was sent; open loop only
  std::optional<bool> saturated;  // open loop only
  // Of the pipeline.
  pipeline::Totals measured;  // in the measured phase
  pipeline::Totals ever;
  Histogram housekeeping;  // nanoseconds, ever
  Histogram ties;
  Histogram acquires;                // likewise, where that was asked for
  std::vector<double> resized_at_s;  // since the measured phase began
  std::optional<Ledger> ledger;      // of a verifying trial, ever
  Footprint at_end;
  std::optional<Footprint> quiet;  // at the end of the measured phase, of connections that stay idle
  std::uint32_t idle_sessions = 0;
  std::vector<MemorySample> samples;
  ProcessMemory before, measure_end, after_drain;
  std::vector<CalmSample> calm;
  CpuByRole cpu;           // in the measured phase
  CpuUsage process_usage;  // likewise, of the whole process: in-memory clients and origin included
  CounterValues counters;  // likewise
  nlohmann::json noise;    // of the measured phase; null: there was none
  std::optional<Calibration> calibration_before, calibration_after;
  std::optional<InstrumentCost> instrument;
  std::vector<Slice> slices;        // empty: the strategy had the process to itself
  std::vector<std::string> faults;  // reasons why the trial is not valid

  [[nodiscard]] bool valid() const noexcept { return faults.empty(); }
};

pipeline::Totals& operator+=(pipeline::Totals& sum, const pipeline::Totals& more) noexcept;
CpuByRole& operator+=(CpuByRole& sum, const CpuByRole& more) noexcept;

// The same strategy once more, in another pipeline (a seating): counts and times add up, samples and slices
// follow. What the process or the surroundings are told of stays the first's.
void append(Outcome& whole, Outcome&& part);

}  // namespace baton::trial
