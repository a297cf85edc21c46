// Every cell that can be timed. A family of contenders adds its own (one source file per family); main.cpp
// checks, shuffles and runs them.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/primitives/contender.hpp"

namespace baton::primitives {

// How a cell is run.
struct Timing {
  double batch_seconds = 0.002;  // at least; four times as long where threads share processors
  std::uint32_t batches = 15;    // their median counts
  std::uint32_t least_batches = 3;
  double most_seconds =
      0.25;               // no more batches after it: spinning structures take seconds where threads share
  bool distances = true;  // measured before and after each cell of several threads
  std::uint64_t operations = 0;  // each thread does so many, once, and nothing is timed; 0: as above
};
inline Timing timing;  // set by main before anything runs

struct Cell {
  std::string operation;
  std::string contender;
  unsigned threads = 1;
  std::function<void(benchmark::State&)> run;
};
struct Entry {
  std::string contender;
  Role role = Role::peer;
  std::function<std::string()> fault;  // runs the check; empty if there is none
};
struct Catalogue {
  std::vector<Entry> entries;
  std::vector<Cell> cells;
};

// The families. One that was not found when Baton was configured adds nothing.
void add_floor(Catalogue& catalogue);
void add_strategies(Catalogue& catalogue);
void add_prototypes(Catalogue& catalogue);
void add_prototypes_of_servers(Catalogue& catalogue);
void add_prototypes_of_sharing(Catalogue& catalogue);
void add_malloc(Catalogue& catalogue);
void add_mutex_vector(Catalogue& catalogue);
void add_pmr(Catalogue& catalogue);
void add_boost_lockfree(Catalogue& catalogue);
void add_moodycamel(Catalogue& catalogue);
void add_tbb(Catalogue& catalogue);
void add_dpdk(Catalogue& catalogue);

}  // namespace baton::primitives
