// What acquiring and releasing a buffer costs one thread, beside the floor: a plain per-thread array.
//
// `acquire_release/NAME` is one backend buffer acquired and released; `request/NAME` is a request without a
// handoff, as the pipeline does it: housekeeping, both buffers, release and idle.
// `acquire_release/plain_array` pushes to and pops from an array.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>

#include "baton/registry.hpp"
#include "strategies/contract.hpp"

namespace baton {
namespace {

struct PlainArray {
  std::uint32_t count = 0;
  std::array<ConnBuffer*, 16> slots{};
};

void plain_array(benchmark::State& state) {
  ConnBuffer buffer;
  PlainArray array;
  array.slots[array.count++] = &buffer;
  PlainArray* hidden = &array;
  benchmark::DoNotOptimize(hidden);
  for (auto _ : state) {
    ConnBuffer* const popped = hidden->slots[--hidden->count];
    benchmark::ClobberMemory();
    popped->clear();
    hidden->slots[hidden->count++] = popped;
    benchmark::ClobberMemory();
  }
}

template <class S>
void acquire_release(benchmark::State& state) {
  S strategy{Parameters{}};
  auto worker = strategy.attach(0);
  auto slot = strategy.open_slot();
  static_cast<void>(worker.housekeep());
  for (auto _ : state) {
    ConnBuffer* const buffer = worker.acquire(slot);
    benchmark::ClobberMemory();
    worker.release(buffer);
    benchmark::ClobberMemory();
  }
}

template <class S>
void request(benchmark::State& state) {
  S strategy{Parameters{}};
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  for (auto _ : state) {
    if constexpr (S::kPromises.housekeeps_under_pool_lock) {
      worker.housekeep_locked();
    }
    benchmark::DoNotOptimize(worker.housekeep());
    ConnBuffer* const client = worker.acquire(session);
    ConnBuffer* const backend = worker.acquire(slot);
    benchmark::ClobberMemory();
    worker.release(backend);
    worker.idle(session, client);
    benchmark::ClobberMemory();
  }
}

void register_all() {
  benchmark::RegisterBenchmark("acquire_release/plain_array", plain_array);
#define BATON_REGISTER(name, Class)                                                 \
  benchmark::RegisterBenchmark("acquire_release/" #name, acquire_release<Class<>>); \
  benchmark::RegisterBenchmark("request/" #name, request<Class<>>);
  BATON_FOR_EACH_STRATEGY(BATON_REGISTER)
#undef BATON_REGISTER
}

}  // namespace
}  // namespace baton

int main(int argc, char** argv) {
  baton::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
