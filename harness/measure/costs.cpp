#include "harness/measure/costs.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <future>
#include <memory>
#include <system_error>
#include <utility>

#include "harness/measure/calibration.hpp"
#include "harness/measure/clock.hpp"
#include "harness/measure/costs_parts.hpp"
#include "harness/measure/small_work.hpp"
#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton {

namespace costs {

Cost cost_of(std::string name, std::vector<double> batches) {
  std::ranges::sort(batches);
  const std::size_t last = batches.size() - 1;
  return {.name = std::move(name),
          .ns = batches[last / 2],
          .low = batches[last / 4],
          .high = batches[last - last / 4]};
}

void* allocate(std::size_t bytes) noexcept {
  void* const memory = std::malloc(bytes);  // NOLINT(cppcoreguidelines-no-malloc): what is measured
  if (memory != nullptr) *static_cast<volatile char*>(memory) = 1;
  return memory;
}

void give_back(void* memory) noexcept { std::free(memory); }  // NOLINT(cppcoreguidelines-no-malloc): likewise

}  // namespace costs

namespace {

using costs::cost_of;
using costs::kBatches;

void use(const void* memory) noexcept { asm volatile("" : : "r"(memory) : "memory"); }

// Batches of so many calls of `work`.
template <class Work>
Cost repeated(std::string name, unsigned calls, Work work) {
  std::vector<double> batches;
  for (std::size_t batch = 0; batch <= kBatches; ++batch) {
    const std::uint64_t begin = monotonic_ns();
    for (unsigned i = 0; i < calls; ++i) work();
    if (batch != 0)
      batches.push_back(static_cast<double>(monotonic_ns() - begin) / calls);  // the first warms up
  }
  return cost_of(std::move(name), std::move(batches));
}

// Between what waits for nothing and chains of a hundred in which each waits for the one before it, of which
// a processor has several at work at once, as it has a request's calls. Real code is somewhere in between,
// and nobody can say where without looking at it.
Cost instruction_cost() {
  constexpr unsigned kInstructions = 128;
  const auto ns = [](auto work) { return repeated("", 1'000, work).ns / kInstructions; };
  // Exclusive or with a register: some processors add constants before they execute anything.
  std::uint64_t x = 5;
  asm volatile("" : "+r"(x));
  const double free = ns([x] {
    std::uint64_t a = 1, b = 2, c = 3, d = 4;
#pragma GCC unroll 128
    for (unsigned i = 0; i < kInstructions / 4; ++i) {
      a ^= x, b ^= x, c ^= x, d ^= x;
      asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
    }
  });
  const double waiting = ns([x] {
    std::uint64_t a = 1;
#pragma GCC unroll 128
    for (unsigned i = 0; i < kInstructions; ++i) {
      a ^= x;
      asm volatile("" : "+r"(a));
    }
  });
  // A machine that is disturbed while it is asked for the one may have given the other at double speed.
  return {.name = "instruction",
          .ns = std::sqrt(free * waiting),
          .low = std::min(free, waiting),
          .high = std::max(free, waiting)};
}

Cost lock_cost() {
  NativePlatform::Mutex mutex;
  return repeated("lock", 2'000, [&] {
    mutex.lock();
    use(&mutex);
    mutex.unlock();
  });
}

Cost exchange_cost() {
  alignas(128) std::atomic<std::uint64_t> word{0};
  return repeated("exchange", 5'000, [&] {
    // One thread: the orders are those of a strategy's exchange, and order nothing here.
    std::uint64_t seen = word.load(std::memory_order_relaxed);
    word.compare_exchange_strong(seen, seen + 1, std::memory_order_acq_rel);
  });
}

Cost copy_cost(std::string name, std::size_t bytes) {
  const std::vector<char> from(bytes, 'x');
  std::vector<char> to(bytes);
  return repeated(std::move(name), 500, [&] {
    std::memcpy(to.data(), from.data(), bytes);
    use(to.data());
  });
}

Cost page_fault_cost() {
  constexpr std::size_t kPages = 64;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<double> batches;
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    void* const memory =
        ::mmap(nullptr, kPages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    ::madvise(memory, kPages * page, MADV_NOHUGEPAGE);
    const std::uint64_t begin = monotonic_ns();
    for (std::size_t i = 0; i < kPages; ++i) static_cast<volatile char*>(memory)[i * page] = 1;
    batches.push_back(static_cast<double>(monotonic_ns() - begin) / kPages);
    ::munmap(memory, kPages * page);
  }
  return cost_of("page_fault", std::move(batches));
}

Cost malloc_cost(std::size_t bytes) {
  return repeated("malloc_free", 500, [bytes] {
    void* const memory = costs::allocate(bytes);
    use(memory);
    costs::give_back(memory);
  });
}

const char* distance_name(const CpuPlace& one, const CpuPlace& other) {
  if (one.package != other.package) return "other_socket";
  if (one.l3 != other.l3) return "far";
  return one.core == other.core ? "sibling" : "near";
}

std::vector<Cost> costs_here(std::size_t buffer_bytes, const std::optional<Topology>& topology) {
  std::vector<Cost> costs{instruction_cost(), lock_cost(), exchange_cost()};
  const std::vector<Distance> distances = distances_of(topology);
  const auto add = [&](std::optional<Cost> cost) {
    if (cost) costs.push_back(std::move(*cost));
  };
  for (const Distance& distance : distances) {
    add(costs::line_cost(distance));
    add(costs::lines_cost(distance));
  }
  if (!distances.empty()) {
    add(costs::wake_up_cost("wake_up", distances.front()));
    const int cpu = distances.front().from;
    add(costs::wake_up_cost("switch", {.name = {}, .from = cpu, .to = cpu}));
  }
  costs.push_back(page_fault_cost());
  costs.push_back(malloc_cost(buffer_bytes));
  if (!distances.empty()) add(costs::malloc_across_cost(buffer_bytes, distances.front()));
  costs.push_back(copy_cost("copy_4k", 4096));
  costs.push_back(copy_cost("copy_16k", 16384));
  return costs;
}

}  // namespace

std::vector<Distance> distances_of(const std::optional<Topology>& topology) {
  std::vector<Distance> found;
  if (!topology) {
    const CpuPair pair = first_two_cpus();
    if (pair.from != pair.to) found.push_back({.name = "near", .from = pair.from, .to = pair.to});
    return found;
  }
  for (const std::string wanted : {"sibling", "near", "far", "other_socket"}) {
    const auto pair_from = [&]() -> std::optional<Distance> {
      for (const CpuPlace& one : topology->cpus) {
        for (const CpuPlace& other : topology->cpus) {
          if (one.cpu != other.cpu && wanted == distance_name(one, other)) {
            return Distance{
                .name = wanted, .from = static_cast<int>(one.cpu), .to = static_cast<int>(other.cpu)};
          }
        }
      }
      return std::nullopt;
    }();
    if (pair_from) found.push_back(*pair_from);
  }
  return found;
}

std::vector<Cost> measure_costs(std::size_t buffer_bytes, const std::optional<Topology>& topology) {
  // As a worker has it: the C library locks and allocates more cheaply in a process's only thread.
  return std::async(std::launch::async, costs_here, buffer_bytes, std::cref(topology)).get();
}

std::vector<Cost> measure_costs() { return measure_costs(Parameters{}.buffer_bytes, read_topology()); }

nlohmann::json to_json(const std::vector<Cost>& costs) {
  nlohmann::json told = nlohmann::json::object();
  for (const Cost& cost : costs) told[cost.name] = {{"ns", cost.ns}, {"low", cost.low}, {"high", cost.high}};
  return told;
}

}  // namespace baton
