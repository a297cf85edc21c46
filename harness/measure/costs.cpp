#include "harness/measure/costs.hpp"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <future>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "harness/measure/calibration.hpp"
#include "harness/measure/clock.hpp"
#include "harness/measure/small_work.hpp"
#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton {
namespace {

constexpr std::size_t kBatches = 41;
constexpr std::uint64_t kPatienceNs =
    500'000'000;  // where two threads wait for each other, on a busy machine

void use(const void* memory) noexcept { asm volatile("" : : "r"(memory) : "memory"); }

Cost cost_of(std::string name, std::vector<double> batches) {
  std::ranges::sort(batches);
  const std::size_t last = batches.size() - 1;
  return {.name = std::move(name),
          .ns = batches[last / 2],
          .low = batches[last / 4],
          .high = batches[last - last / 4]};
}

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

void* allocate(std::size_t bytes) noexcept {
  void* const memory = std::malloc(bytes);  // NOLINT(cppcoreguidelines-no-malloc): what is measured
  if (memory != nullptr) *static_cast<volatile char*>(memory) = 1;
  return memory;
}

void give_back(void* memory) noexcept { std::free(memory); }  // NOLINT(cppcoreguidelines-no-malloc): likewise

Cost malloc_cost(std::size_t bytes) {
  return repeated("malloc_free", 500, [bytes] {
    void* const memory = allocate(bytes);
    use(memory);
    give_back(memory);
  });
}

// Two threads on two CPUs that do their parts in turn, and how long each took.
template <class One, class Other>
std::vector<double> in_turn(const Distance& cpus, std::size_t turns, One one, Other other) {
  const std::uint64_t end = monotonic_ns() + kPatienceNs;
  small_work::RallyLine line;
  std::vector<double> took;
  const auto timed = [](auto& part) {
    const std::uint64_t begin = monotonic_ns();
    part();
    return static_cast<double>(monotonic_ns() - begin);
  };
  double of_other = 0;  // handed over with the line: stored before its release, read after its acquire
  std::thread partner([&] {
    if (!small_work::pin_this_thread(cpus.to)) return line.over();
    for (std::uint64_t wanted = 1; line.wait_for(wanted, end); wanted += 2) {
      of_other = timed(other);
      line.word.store(wanted + 1, std::memory_order_release);
    }
  });
  std::thread first([&] {
    std::uint64_t word = 0;
    if (!small_work::pin_this_thread(cpus.from)) return line.over();
    for (std::size_t turn = 0; turn < turns; ++turn) {
      const double of_one = timed(one);
      if (!line.trip(word, end)) break;
      took.push_back(of_one + of_other);
    }
    line.over();
  });
  first.join();
  partner.join();
  return took;
}

std::optional<Cost> malloc_across_cost(std::size_t bytes, const Distance& cpus) {
  constexpr std::size_t kBuffers = 32;
  std::array<void*, kBuffers> buffers{};
  std::vector<double> batches = in_turn(
      cpus, kBatches + 1, [&] { std::ranges::generate(buffers, [bytes] { return allocate(bytes); }); },
      [&] {
        std::ranges::for_each(buffers, [](void*& memory) { give_back(std::exchange(memory, nullptr)); });
      });
  std::ranges::for_each(buffers, give_back);  // of a turn that was cut
  if (batches.size() < 2) return std::nullopt;
  batches.erase(batches.begin());  // warms up
  for (double& batch : batches) batch /= kBuffers;
  return cost_of("malloc_free_across", std::move(batches));
}

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
  return ::syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
}

// Two threads wake each other; half a round is a wake-up and the falling asleep of whoever woke.
std::optional<Cost> wake_up_cost(const Distance& cpus) {
  constexpr std::uint32_t kRounds = 20;  // a batch
  constexpr std::uint32_t kOver = ~std::uint32_t{0};
  // Odd: the partner's turn. Acquire and release as a handoff has them; nothing else is handed over.
  std::atomic<std::uint32_t> word{0};
  std::atomic<bool> pinned{true};  // relaxed: read after the join
  const auto wait_while = [&](std::uint32_t value) {
    while (word.load(std::memory_order_acquire) == value) futex(word, FUTEX_WAIT, value);
    return word.load(std::memory_order_acquire) != kOver;
  };
  const auto pass_on = [&](std::uint32_t value) {
    word.store(value, std::memory_order_release);
    futex(word, FUTEX_WAKE, 1);
  };
  std::thread partner([&] {
    if (!small_work::pin_this_thread(cpus.to)) pinned.store(false, std::memory_order_relaxed);
    for (std::uint32_t even = 0; wait_while(even); even += 2) pass_on(even + 2);
  });
  std::vector<double> batches;
  std::thread first([&] {
    if (!small_work::pin_this_thread(cpus.from)) pinned.store(false, std::memory_order_relaxed);
    std::uint32_t even = 0;
    const std::uint64_t end = monotonic_ns() + kPatienceNs;
    for (std::size_t batch = 0; batch < kBatches; ++batch) {
      const std::uint64_t begin = monotonic_ns();
      if (begin > end && !batches.empty()) break;
      for (std::uint32_t round = 0; round < kRounds; ++round, even += 2) {
        pass_on(even + 1);
        wait_while(even + 1);
      }
      batches.push_back(static_cast<double>(monotonic_ns() - begin) / (2.0 * kRounds));
    }
    pass_on(kOver);
  });
  first.join();
  partner.join();
  if (!pinned.load(std::memory_order_relaxed)) return std::nullopt;
  return cost_of("wake_up", std::move(batches));
}

std::optional<Cost> line_cost(const Distance& distance) {
  constexpr int kLooks = 9;
  std::vector<double> looks;
  for (int i = 0; i < kLooks; ++i) {
    if (const auto trip = round_trip_ns(distance.from, distance.to)) looks.push_back(*trip / 2);
  }
  if (looks.empty()) return std::nullopt;
  return cost_of("line." + distance.name, std::move(looks));
}

const char* distance_name(const CpuPlace& one, const CpuPlace& other) {
  if (one.package != other.package) return "other_socket";
  if (one.l3 != other.l3) return "far";
  return one.core == other.core ? "sibling" : "near";
}

std::vector<Cost> costs_here(std::size_t buffer_bytes, const std::optional<Topology>& topology) {
  std::vector<Cost> costs{lock_cost(), exchange_cost()};
  const std::vector<Distance> distances = distances_of(topology);
  const auto add = [&](std::optional<Cost> cost) {
    if (cost) costs.push_back(std::move(*cost));
  };
  for (const Distance& distance : distances) add(line_cost(distance));
  if (!distances.empty()) add(wake_up_cost(distances.front()));
  costs.push_back(page_fault_cost());
  costs.push_back(malloc_cost(buffer_bytes));
  if (!distances.empty()) add(malloc_across_cost(buffer_bytes, distances.front()));
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
