// From a contender to its cells.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "bench/primitives/catalogue.hpp"
#include "bench/primitives/check.hpp"
#include "bench/primitives/line_transfer.hpp"
#include "bench/primitives/operations.hpp"

namespace baton::primitives {

// Runs `batch(crew, n)`, which does n operations on each of `operating` threads and gives the seconds it
// took, often enough; reports the median over batches. `ns` is wall time per operation of all threads
// together: by two threads without contention half of what it is by one.
template <class Batch>
void measure(benchmark::State& state, Crew& crew, unsigned operating, const Batch& batch) {
  const double wanted = timing.batch_seconds * (crew.crowded() ? 4 : 1);
  if (timing.operations != 0) {
    for (auto _ : state) {
      static_cast<void>(batch(timing.operations));
    }
    return;
  }
  constexpr std::uint64_t kLeast = 64;  // a multiple of every burst
  std::uint64_t n = kLeast;
  for (double took = batch(n); took < wanted; took = batch(n)) {
    n = static_cast<std::uint64_t>(static_cast<double>(n) * std::clamp(1.2 * wanted / took, 1.5, 16.0));
    n = (n + kLeast - 1) / kLeast * kLeast;
  }
  const auto distance = [&](const char* name) {
    if (timing.distances && crew.size() > 1) {
      if (const auto transfer = line_transfer_ns()) {
        state.counters[name] = *transfer;
      }
    }
  };
  distance("line_before");
  std::vector<double> per_operation;
  double seconds = 0;
  for (auto _ : state) {  // once: Google Benchmark is not to choose how many batches there are
    while (per_operation.size() < timing.batches &&
           (seconds < timing.most_seconds || per_operation.size() < timing.least_batches)) {
      const double took = batch(n);
      per_operation.push_back(took * 1e9 / static_cast<double>(n * operating));
      seconds += took;
    }
    state.SetIterationTime(seconds);
  }
  distance("line_after");
  state.SetItemsProcessed(static_cast<std::int64_t>(per_operation.size() * n * operating));
  state.counters["batches"] = static_cast<double>(per_operation.size());
  const auto middle = per_operation.begin() + static_cast<std::ptrdiff_t>(per_operation.size() / 2);
  std::nth_element(per_operation.begin(), middle, per_operation.end());
  state.counters["ns"] = *middle;
}

// Every thread of a crew does `operation(contender, handle, index, n)`.
template <Contender C, class Operation>
void run_alike(benchmark::State& state, unsigned threads, const Operation& operation) {
  C contender(threads);
  Crew crew(threads);
  Handles<C> handles(contender, crew);
  measure(state, crew, threads, [&](std::uint64_t n) {
    return crew.run([&](unsigned index) { operation(contender, handles[index], index, n); });
  });
}

// Half of the threads give, half take.
template <Contender C>
void run_handoff(benchmark::State& state, unsigned threads) {
  C contender(threads);
  Crew crew(threads);
  std::deque<Ring> rings;
  for (unsigned i = 0; i < threads / 2; ++i) {
    rings.emplace_back(crew.crowded());
  }
  Handles<C> handles(contender, crew);
  measure(state, crew, threads / 2, [&](std::uint64_t n) {
    return crew.run([&](unsigned index) {
      index % 2 == 0 ? give_all(handles[index], rings[index / 2], n)
                     : take_all(handles[index], rings[index / 2], n);
    });
  });
}

template <Contender C>
void run_handoff_to_self(benchmark::State& state) {
  C contender(2);
  Crew crew(1);
  std::array<std::optional<typename C::Handle>, 2> ends;
  crew.run([&](unsigned /*index*/) {
    for (unsigned i = 0; i < ends.size(); ++i) {
      ends[i].emplace(contender, i);
    }
  });
  measure(state, crew, 1, [&](std::uint64_t n) {
    return crew.run([&](unsigned /*index*/) { hand_to_self(*ends[0], *ends[1], n); });
  });
  crew.run([&](unsigned /*index*/) {
    for (auto& end : ends) {
      end.reset();
    }
  });
}

template <Contender C>
void add(Catalogue& catalogue) {
  const std::string name(C::kName);
  catalogue.entries.push_back({name, C::kRole, fault_of<C>});
  const auto cell = [&](const char* operation, unsigned threads, auto run) {
    catalogue.cells.push_back({operation, name, threads, std::move(run)});
  };
  const auto alike = [&](const char* operation, auto work) {
    for (const unsigned threads : {1U, 2U, 4U}) {
      cell(operation, threads,
           [threads, work](benchmark::State& state) { run_alike<C>(state, threads, work); });
    }
  };
  if constexpr (C::kAbilities.pair) {
    alike("pair", [](C&, auto& handle, unsigned, std::uint64_t n) { pairs(handle, n); });
  }
  if constexpr (C::kAbilities.burst) {
    alike("burst8", [](C&, auto& handle, unsigned, std::uint64_t n) { bursts<8>(handle, n); });
    alike("burst32", [](C&, auto& handle, unsigned, std::uint64_t n) { bursts<32>(handle, n); });
  }
  if constexpr (C::kAbilities.handoff) {
    cell("handoff", 1U, [](benchmark::State& state) { run_handoff_to_self<C>(state); });
    for (const unsigned threads : {2U, 4U}) {
      cell("handoff", threads, [threads](benchmark::State& state) { run_handoff<C>(state, threads); });
    }
  }
  if constexpr (C::kAbilities.boundary) {
    alike("housekeep", [](C&, auto& handle, unsigned, std::uint64_t n) { boundaries(handle, n); });
  }
  if constexpr (C::kAbilities.request) {
    alike("request", [](C&, auto& handle, unsigned, std::uint64_t n) { requests(handle, n); });
  }
  if constexpr (C::kAbilities.resize) {
    alike("resize", [](C& contender, auto& handle, unsigned index, std::uint64_t n) {
      resizes(contender, handle, index, n);
    });
  }
}

}  // namespace baton::primitives
