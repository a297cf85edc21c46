// What the steps of which ownership consists cost on this machine: counts (docs/counts.md) times these are
// what a strategy adds to a request.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/measure/topology.hpp"

namespace baton {

// Nanoseconds: the median of some dozens of batches, and their quartiles.
struct Cost {
  std::string name;
  double ns = 0;
  double low = 0;
  double high = 0;
};

// How far two CPUs are from each other, nearest first. The name of the cost of moving a line is "line." and
// the distance's.
struct Distance {
  std::string name;  // sibling, near (core of the same third-level cache), far (same package), other_socket
  int from = 0;
  int to = 0;
};

// A pair of CPUs for each distance that the machine has. Without a topology: the first two CPUs as "near";
// nothing if there is one CPU only.
std::vector<Distance> distances_of(const std::optional<Topology>& topology);

// Of the native platform and the process's allocator, in some tenths of a second; two CPUs at most work at a
// time. What cannot be measured here is left out: with one CPU wake-ups, lines, and what takes two threads.
// Names:
//   instruction    one that waits for nothing, and one in chains of a hundred in which each waits for the one
//                  before it, the lower first, and in between is their geometric mean
//   lock           a mutex locked and unlocked, by one thread only
//   exchange       a compare-exchange of a line that is in this core's cache
//   line.DISTANCE  a line written by one CPU, seen by another
//   lines.DISTANCE  one of many neighbouring lines, likewise: hardware fetches them ahead
//   wake_up        from a futex's wake until the sleeping thread on another CPU runs
//   switch         a thread wakes another one of its own CPU and goes to sleep: until that one runs
//   page_fault     the first touch of an anonymous page
//   malloc_free    a conn buffer of `buffer_bytes` allocated, touched and freed by one thread
//   malloc_free_across  likewise, freed by a thread on another CPU
//   copy_4k, copy_16k   that many bytes copied within the cache
// Throws std::system_error if there is no memory or no thread.
std::vector<Cost> measure_costs(std::size_t buffer_bytes, const std::optional<Topology>& topology);

// Of this machine, with conn buffers of the default size.
std::vector<Cost> measure_costs();

nlohmann::json to_json(const std::vector<Cost>& costs);

}  // namespace baton
