#include "simulate/scenario.hpp"

#include <algorithm>
#include <cmath>

namespace baton::simulate {

Holes holes_of(const Scenario& scenario) noexcept {
  const trial::FaultConfig& faults = scenario.config.faults;
  if (scenario.holes.per_s > 0 || faults.preempt_per_s <= 0) return scenario.holes;
  return {.per_s = faults.preempt_per_s / scenario.config.pipeline.client_workers,
          .least_us = 0.5 * faults.preempt_us,
          .most_us = 1.5 * faults.preempt_us,
          .in_acquires = true};
}

Workers workers_on(const Scenario& scenario, std::uint32_t cores) noexcept {
  const pipeline::Settings& settings = scenario.config.pipeline;
  const std::uint32_t threads = cores * scenario.threads_per_core;
  Workers workers{.clients = threads, .fetchers = 0};
  if (settings.fetch_workers != 0 && threads > 1) {
    const double share = static_cast<double>(settings.fetch_workers) /
                         static_cast<double>(settings.client_workers + settings.fetch_workers);
    const auto wanted = static_cast<std::uint32_t>(std::lround(share * threads));
    workers.fetchers = std::clamp(wanted, 1U, threads - 1);
    workers.clients = threads - workers.fetchers;
  }
  const std::uint32_t by_size = (threads + scenario.workers_per_pool - 1) / scenario.workers_per_pool;
  const std::uint32_t most =
      workers.fetchers != 0 ? std::min(workers.clients, workers.fetchers) : workers.clients;
  workers.pools = std::clamp(std::max(settings.pools, by_size), 1U, most);
  const double per_worker = static_cast<double>(scenario.config.load.connections) / settings.client_workers;
  workers.sessions =
      std::max(static_cast<std::uint32_t>(std::lround(per_worker * workers.clients)), workers.pools);
  return workers;
}

double Outcome::latency_ns(double q) const noexcept {
  if (latencies_ns.empty()) return 0;
  const auto at = static_cast<std::size_t>(q * static_cast<double>(latencies_ns.size()));
  return latencies_ns[std::min(at, latencies_ns.size() - 1)];
}

}  // namespace baton::simulate
