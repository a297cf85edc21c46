#include "harness/measure/topology.hpp"

#include <hwloc.h>
#include <hwloc/cpukinds.h>
#include <sched.h>
#include <unistd.h>

#include <memory>

#include "harness/measure/unavailable.hpp"

namespace baton {
namespace {

struct Destroy {
  void operator()(hwloc_topology* topology) const noexcept { hwloc_topology_destroy(topology); }
};
using Handle = std::unique_ptr<hwloc_topology, Destroy>;

Handle load(const std::string& synthetic) {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return nullptr;
  Handle topology(raw);
  if (!synthetic.empty() && hwloc_topology_set_synthetic(raw, synthetic.c_str()) != 0) return nullptr;
  return hwloc_topology_load(raw) == 0 ? std::move(topology) : nullptr;
}

unsigned count(const Handle& topology, hwloc_obj_type_t type) {
  const int objects = hwloc_get_nbobjs_by_type(topology.get(), type);
  return objects > 0 ? static_cast<unsigned>(objects) : 0;
}

unsigned index_around(const Handle& topology, hwloc_obj_type_t type, hwloc_obj_t cpu) {
  hwloc_obj* const around = hwloc_get_ancestor_obj_by_type(topology.get(), type, cpu);
  return around == nullptr ? 0 : around->logical_index;
}

// NUMA nodes hang beside the tree, not in it.
unsigned numa_node_of(const Handle& topology, hwloc_obj_t cpu) {
  for (unsigned i = 0; i < count(topology, HWLOC_OBJ_NUMANODE); ++i) {
    hwloc_obj* const node = hwloc_get_obj_by_type(topology.get(), HWLOC_OBJ_NUMANODE, i);
    if (hwloc_bitmap_isset(node->cpuset, cpu->os_index) != 0) return i;
  }
  return 0;
}

// hwloc orders kinds from frugal to fast where the kernel tells it what they are.
unsigned kind_of(const Handle& topology, hwloc_obj_t cpu) {
  const int kind = hwloc_cpukinds_get_by_cpuset(topology.get(), cpu->cpuset, 0);
  return kind > 0 ? static_cast<unsigned>(kind) : 0;
}

// Whether the process may run there, by its first thread's affinity mask: others may have been pinned since.
bool usable(unsigned cpu) noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  return ::sched_getaffinity(::getpid(), sizeof mask, &mask) != 0 || CPU_ISSET(cpu, &mask);
}

}  // namespace

std::optional<Topology> read_topology(const std::string& synthetic) {
  const Handle handle = load(synthetic);
  if (!handle) return std::nullopt;
  Topology topology{.packages = count(handle, HWLOC_OBJ_PACKAGE),
                    .numa_nodes = count(handle, HWLOC_OBJ_NUMANODE),
                    .l3_caches = count(handle, HWLOC_OBJ_L3CACHE),
                    .cores = count(handle, HWLOC_OBJ_CORE),
                    .cpus = {}};
  for (unsigned i = 0; i < count(handle, HWLOC_OBJ_PU); ++i) {
    hwloc_obj* const cpu = hwloc_get_obj_by_type(handle.get(), HWLOC_OBJ_PU, i);
    if (synthetic.empty() && !usable(cpu->os_index)) continue;
    topology.cpus.push_back({.cpu = cpu->os_index,
                             .core = index_around(handle, HWLOC_OBJ_CORE, cpu),
                             .l3 = index_around(handle, HWLOC_OBJ_L3CACHE, cpu),
                             .numa_node = numa_node_of(handle, cpu),
                             .package = index_around(handle, HWLOC_OBJ_PACKAGE, cpu),
                             .kind = kind_of(handle, cpu)});
  }
  if (topology.cpus.empty()) return std::nullopt;
  return topology;
}

nlohmann::json to_json(const std::optional<Topology>& topology) {
  if (!topology) return kUnavailable;
  nlohmann::json cpus = nlohmann::json::array();
  for (const CpuPlace& place : topology->cpus) {
    cpus.push_back({{"cpu", place.cpu},
                    {"core", place.core},
                    {"l3", place.l3},
                    {"numa_node", place.numa_node},
                    {"package", place.package}});
  }
  nlohmann::json told = {{"packages", topology->packages},   {"numa_nodes", topology->numa_nodes},
                         {"l3_caches", topology->l3_caches}, {"cores", topology->cores},
                         {"smt", topology->smt()},           {"cpus", cpus}};
  if (topology->kinds() > 1) {
    told["kinds"] = topology->kinds();
    for (std::size_t i = 0; i < topology->cpus.size(); ++i) told["cpus"][i]["kind"] = topology->cpus[i].kind;
  }
  return told;
}

}  // namespace baton
