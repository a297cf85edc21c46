// Which CPU each worker of a trial is pinned to.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/measure/topology.hpp"
#include "harness/pipeline/pipeline.hpp"
#include "harness/trial/config.hpp"

namespace baton::trial {

// CPUs in the order in which workers get them. compact: near ones beside each other (threads of a core, cores
// of a third-level cache). spread: each as far from those before it as there still is. none: empty. Where
// CPUs are of several kinds, the fastest kind comes first.
std::vector<unsigned> cpu_order(Pinning pinning, const Topology& topology);

// Client workers and fetch workers alternate, so that two that hand off to each other get neighbouring
// places: 0 is client worker 0, 1 fetch worker 0, and so on while there are both kinds.
std::uint32_t place_of(pipeline::Role role, std::uint32_t index, std::uint32_t client_workers,
                       std::uint32_t fetch_workers);

class Placement {
 public:
  // Throws std::runtime_error if workers are to be pinned and the topology is unknown or has too few CPUs.
  explicit Placement(const TrialConfig& config);

  // Pins the calling thread; the waiter is left alone. Ends the process if the CPU cannot be had: a trial
  // that is not where it was planned is none, and a thread has nobody to tell.
  void pin_this_thread(pipeline::Role role, std::uint32_t index) const;

 private:
  std::vector<unsigned> cpus_;
  std::uint32_t client_workers_;
  std::uint32_t fetch_workers_;
};

}  // namespace baton::trial
