// What is simulated: a workload's request on so many cores of a machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/trial/config.hpp"
#include "simulate/machine.hpp"
#include "simulate/world.hpp"

namespace baton::simulate {

// A workload's settings on more cores than it names: workers in the proportion of its own, connections with
// them, a pool for every `workers_per_pool` workers as its operator would. Times of its phases, transports
// and pauses are not simulated.
struct Scenario {
  std::string workload;
  trial::TrialConfig config;
  double work_us = 10;  // CPU of a request beside what is simulated, on average; half to one and a half times
  double ms = 1;        // of virtual time that is measured, after a fifth of it
  std::uint32_t workers_per_pool = 16;
  std::uint32_t threads_per_core = 1;
  Holes holes;  // of each thread; none: as the workload's faults.preempt_per_s, of its client workers
};

// Workers on so many cores, one for each thread there. One alone is a client worker, which hands nothing off.
struct Workers {
  std::uint32_t clients = 1, fetchers = 0, pools = 1;
  std::uint32_t sessions = 1;  // of all clients
};
Holes holes_of(const Scenario& scenario) noexcept;
Workers workers_on(const Scenario& scenario, std::uint32_t cores) noexcept;

struct Outcome {
  double seconds = 0;  // virtual, measured
  std::uint64_t requests = 0, handoffs = 0, failed = 0, hung_up = 0;
  std::vector<std::uint32_t> latencies_ns;  // sorted
  Tally tally;
  std::vector<std::string> names;  // of tally.lines and tally.locks
  Picoseconds stalled = 0;         // by all lines, and asleep for locks
  std::uint64_t transfers = 0;     // of all lines
  bool conserved = false;          // at the end no buffer is lost or counted twice

  [[nodiscard]] double per_s() const noexcept {
    return seconds > 0 ? static_cast<double>(requests) / seconds : 0;
  }
  // 0 < q < 1; 0 without requests.
  [[nodiscard]] double latency_ns(double q) const noexcept;
};

// A row of the registry on simulated cores.
struct Row {
  std::string_view name;
  // Throws std::invalid_argument: see World.
  Outcome (*run)(const Scenario& scenario, const Machine& machine, const Unknowns& unknowns,
                 std::uint32_t cores);
  // Likewise, wrapped in Checked, which ends the process where the contract is broken; for tests.
  Outcome (*checked)(const Scenario& scenario, const Machine& machine, const Unknowns& unknowns,
                     std::uint32_t cores);
};

}  // namespace baton::simulate
