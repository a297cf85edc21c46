#include "harness/trial/placement.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>
#include <system_error>
#include <tuple>

#include <fmt/format.h>

namespace baton::trial {

namespace {

// Ranks among their like: the hardware thread in its core, the core in its cache, the cache in its package.
using Distance = std::tuple<unsigned, unsigned, unsigned, unsigned>;

std::vector<Distance> distances(const std::vector<CpuPlace>& cpus) {
  std::map<unsigned, unsigned> threads_of_core;
  std::map<unsigned, std::map<unsigned, unsigned>> cores_of_cache;
  std::map<unsigned, std::map<unsigned, unsigned>> caches_of_package;
  std::vector<Distance> all;
  for (const CpuPlace& cpu : cpus) {
    const unsigned thread = threads_of_core[cpu.core]++;
    auto& cores = cores_of_cache[cpu.l3];
    const unsigned core = cores.emplace(cpu.core, static_cast<unsigned>(cores.size())).first->second;
    auto& caches = caches_of_package[cpu.package];
    const unsigned cache = caches.emplace(cpu.l3, static_cast<unsigned>(caches.size())).first->second;
    all.emplace_back(thread, core, cache, cpu.package);
  }
  return all;
}

}  // namespace

std::vector<unsigned> cpu_order(Pinning pinning, const Topology& topology) {
  std::vector<unsigned> order;
  if (pinning == Pinning::none) {
    return order;
  }
  std::vector<std::size_t> ranked(topology.cpus.size());
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    ranked[i] = i;
  }
  if (pinning == Pinning::spread) {
    const std::vector<Distance> all = distances(topology.cpus);
    std::ranges::stable_sort(ranked, {}, [&](std::size_t i) { return all[i]; });
  }
  std::ranges::stable_sort(ranked, std::ranges::greater{},
                           [&](std::size_t i) { return topology.cpus[i].kind; });
  for (const std::size_t i : ranked) {
    order.push_back(topology.cpus[i].cpu);
  }
  return order;
}

std::uint32_t place_of(pipeline::Role role, std::uint32_t index, std::uint32_t client_workers,
                       std::uint32_t fetch_workers) {
  return role == pipeline::Role::client_worker ? index + std::min(index, fetch_workers)
                                               : index + std::min(index + 1, client_workers);
}

Placement::Placement(const TrialConfig& config)
    : client_workers_(config.pipeline.client_workers), fetch_workers_(config.pipeline.fetch_workers) {
  if (config.pinning == Pinning::none) {
    return;
  }
  const auto topology = read_topology();
  if (!topology) {
    throw std::runtime_error("workers cannot be pinned: the topology of this machine is unknown");
  }
  cpus_ = cpu_order(config.pinning, *topology);
  if (cpus_.size() < client_workers_ + fetch_workers_) {
    throw std::runtime_error(fmt::format("{} workers cannot be pinned to {} CPUs",
                                         client_workers_ + fetch_workers_, cpus_.size()));
  }
}

void Placement::pin_this_thread(pipeline::Role role, std::uint32_t index) const {
  if (cpus_.empty() || role == pipeline::Role::waiter) {
    return;
  }
  const unsigned cpu = cpus_[place_of(role, index, client_workers_, fetch_workers_)];
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  if (const int error = pthread_setaffinity_np(pthread_self(), sizeof only, &only); error != 0) {
    fmt::print(stderr, "a worker cannot be pinned to CPU {}: {}\n", cpu,
               std::generic_category().message(error));
    std::_Exit(1);
  }
}

}  // namespace baton::trial
