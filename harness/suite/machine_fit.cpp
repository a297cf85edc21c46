#include "harness/suite/machine_fit.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/measure/environment.hpp"
#include "harness/measure/topology.hpp"

namespace baton::suite {

double Machine::at_once() const noexcept { return std::min(static_cast<double>(cpus), quota.value_or(cpus)); }

Machine this_machine() {
  const nlohmann::json limit = describe_container("/").at("cgroup").at("cpus");
  return {.cpus = usable_cpus(),
          .quota = limit.is_number() ? std::optional(limit.get<double>()) : std::nullopt,
          .topology = read_topology().has_value()};
}

void MachineFit::adjust(trial::TrialConfig& config) {
  const std::uint32_t workers = config.pipeline.client_workers + config.pipeline.fetch_workers;
  const bool pinned = config.pinning != trial::Pinning::none;
  const bool spins = config.pipeline.waiting == net::Waiting::spin;
  if (workers > machine_.at_once()) {
    if (!pinned && !spins) return;
    config.pinning = trial::Pinning::none;
    config.pipeline.waiting = net::Waiting::block;
    const std::string room = machine_.at_once() < machine_.cpus
                                 ? fmt::format("a quota of {} CPUs", machine_.at_once())
                             : machine_.cpus == 1 ? "one CPU"
                                                  : fmt::format("{} CPUs", machine_.cpus);
    made_.insert(fmt::format(
        "cells with {} workers are not pinned, and these sleep while they wait, because there is {}", workers,
        room));
  } else if (pinned && !machine_.topology) {
    config.pinning = trial::Pinning::none;
    made_.insert("no cell is pinned, because this machine's topology cannot be read");
  }
}

}  // namespace baton::suite
