// bench_primitives: what acquiring, releasing and handing over a buffer costs, strategies beside peers.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "bench/primitives/catalogue.hpp"
#include "bench/primitives/line_transfer.hpp"
#include "harness/measure/allocator.hpp"
#include "harness/measure/build_info.hpp"

namespace baton::primitives {

std::string_view to_string(Role role) noexcept {
  switch (role) {
    case Role::floor:
      return "floor";
    case Role::strategy:
      return "strategy";
    case Role::prototype:
      return "prototype";
    case Role::shared_prototype:
      return "shared prototype";
    case Role::peer:
      return "peer";
    case Role::shared_peer:
      return "shared peer";
  }
  return "?";
}

namespace {

Catalogue everything() {
  Catalogue catalogue;
  add_floor(catalogue);
  add_strategies(catalogue);
  add_prototypes(catalogue);
  add_prototypes_of_servers(catalogue);
  add_prototypes_of_sharing(catalogue);
  add_malloc(catalogue);
  add_mutex_vector(catalogue);
  add_pmr(catalogue);
#if BATON_HAS_BOOST_LOCKFREE
  add_boost_lockfree(catalogue);
#endif
#if BATON_HAS_MOODYCAMEL
  add_moodycamel(catalogue);
#endif
#if BATON_HAS_TBB
  add_tbb(catalogue);
#endif
#if BATON_HAS_DPDK
  add_dpdk(catalogue);
#endif
  return catalogue;
}

// Random, but contenders of one operation and number of threads stay together: they are compared, and the
// machine's regime lasts seconds.
void shuffle(std::vector<Cell>& cells, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::shuffle(cells.begin(), cells.end(), random);
  std::vector<std::string> groups;
  const auto place = [&](const Cell& cell) {
    const std::string group = cell.operation + '/' + std::to_string(cell.threads);
    const auto found = std::find(groups.begin(), groups.end(), group);
    if (found == groups.end()) {
      groups.push_back(group);
      return groups.size() - 1;
    }
    return static_cast<std::size_t>(found - groups.begin());
  };
  for (const Cell& cell : cells) {
    static_cast<void>(place(cell));
  }
  std::stable_sort(cells.begin(), cells.end(),
                   [&](const Cell& a, const Cell& b) { return place(a) < place(b); });
}

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t operations = 0;
  bool smoke = false;
};

// Of "--name=value"; ends the program if the value is not a whole number.
std::uint64_t number_of(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  const std::string_view digits = argument.substr(equals + 1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    const std::string_view name = argument.substr(0, equals);
    std::fprintf(stderr, "bench_primitives: %.*s is '%.*s'; valid is a whole number\n",
                 static_cast<int>(name.size()), name.data(), static_cast<int>(digits.size()), digits.data());
    std::exit(2);
  }
  return number;
}

// Takes out what is ours; the rest is Google Benchmark's.
Options take_options(int& argc, char** argv) {
  Options options;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--smoke") {
      options.smoke = true;
    } else if (argument.starts_with("--seed=")) {
      options.seed = number_of(argument);
    } else if (argument.starts_with("--operations=")) {
      options.operations = number_of(argument);
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  return options;
}

// False if one is broken; says which and how.
bool all_sound(const Catalogue& catalogue) {
  bool sound = true;
  for (const Entry& entry : catalogue.entries) {
    if (const std::string fault = entry.fault(); !fault.empty()) {
      std::fprintf(stderr, "bench_primitives: %s: %s\n", entry.contender.c_str(), fault.c_str());
      sound = false;
    }
  }
  return sound;
}

void describe_environment() {
  const AllocatorInfo allocator = find_allocator();
  benchmark::AddCustomContext("allocator", allocator.name);
  benchmark::AddCustomContext("allocator_version", allocator.version);
  const auto distance = line_transfer_ns();
  benchmark::AddCustomContext("line_transfer_ns", distance ? std::to_string(*distance) : "unavailable");
  const BuildInfo& build = build_info();
  benchmark::AddCustomContext("commit", build.commit);
  benchmark::AddCustomContext("dirty", build.dirty);
  benchmark::AddCustomContext("compiler", build.compiler);
  benchmark::AddCustomContext("build_type", build.build_type);
  benchmark::AddCustomContext("sanitizer", build.sanitizer);
}

}  // namespace
}  // namespace baton::primitives

int main(int argc, char** argv) {
  using namespace baton::primitives;
  const Options options = take_options(argc, argv);
  benchmark::Initialize(&argc, argv, [] {
    std::puts(
        "bench_primitives [--smoke] [--seed=N] [--operations=N] [Google Benchmark's options]\n"
        "  --smoke         every cell once, for moments: whether it runs, not what it costs\n"
        "  --seed=N        of the order (default 1)\n"
        "  --operations=N  each thread of a cell does so many, once, and nothing is timed: for counting\n"
        "                  instructions (bench/primitives.py --instructions), so nothing is checked either\n"
        "Names are OPERATION/CONTENDER/THREADS, e.g. --benchmark_filter='^handoff/.*/2$'.\n"
        "Counter ns: wall time per operation of all threads together, median of batches.\n"
        "Counters line_before, line_after: ns for a cache line between two processors, then.");
    benchmark::PrintDefaultHelp();
  });
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  if (options.smoke) {
    timing = {.batch_seconds = 20e-6, .batches = 1, .least_batches = 1, .distances = false};
  }
  timing.operations = options.operations;
  Catalogue catalogue = everything();
  if (options.operations == 0 && !all_sound(catalogue)) {
    return 1;
  }
  shuffle(catalogue.cells, options.seed);
  for (const Cell& cell : catalogue.cells) {
    const auto role =
        std::find_if(catalogue.entries.begin(), catalogue.entries.end(), [&](const Entry& entry) {
          return entry.contender == cell.contender;
        })->role;
    const std::string name = cell.operation + '/' + cell.contender + '/' + std::to_string(cell.threads);
    benchmark::RegisterBenchmark(name.c_str(),
                                 [run = cell.run, role](benchmark::State& state) {
                                   run(state);
                                   state.SetLabel(std::string(to_string(role)));
                                 })
        ->UseManualTime()
        ->Iterations(1)
        ->Unit(benchmark::kMicrosecond);
  }
  if (options.operations == 0) {
    describe_environment();
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
