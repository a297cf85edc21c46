// How the processor's parts hang together, as hwloc sees them. Any thread may call anything; a look takes
// some milliseconds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace baton {

// One CPU of the system (a hardware thread) that this process may run on.
struct CpuPlace {
  unsigned cpu = 0;   // the kernel's number
  unsigned core = 0;  // logical numbers, from 0, in hwloc's order
  unsigned l3 = 0;    // 0 also where there is no third-level cache
  unsigned numa_node = 0;
  unsigned package = 0;
  unsigned kind = 0;  // where CPUs differ: the faster, the higher
};

struct Topology {
  unsigned packages = 0;
  unsigned numa_nodes = 0;
  unsigned l3_caches = 0;
  unsigned cores = 0;
  std::vector<CpuPlace> cpus;  // near ones beside each other

  // Of how many kinds the CPUs are (some machines have fast ones and frugal ones).
  [[nodiscard]] std::size_t kinds() const {
    std::set<unsigned> found;
    for (const CpuPlace& place : cpus) found.insert(place.kind);
    return found.size();
  }
  // Whether two of the CPUs are threads of one core.
  [[nodiscard]] bool smt() const noexcept {
    return std::ranges::adjacent_find(cpus, {}, &CpuPlace::core) != cpus.end();
  }
};

// nullopt if hwloc cannot tell. `synthetic`: a machine in hwloc's notation ("package:2 core:4 pu:2") instead
// of this one.
[[nodiscard]] std::optional<Topology> read_topology(const std::string& synthetic = "");

// "unavailable" for nullopt.
[[nodiscard]] nlohmann::json to_json(const std::optional<Topology>& topology);

}  // namespace baton
