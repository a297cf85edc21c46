#include "harness/measure/calibration.hpp"

#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "harness/measure/clock.hpp"
#include "harness/measure/unavailable.hpp"

namespace baton {
namespace {

// An interruption does not move the median; what lasts does.
template <std::size_t N>
double median(std::array<double, N>& values) {
  auto* const middle = values.begin() + N / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Keeps the compiler from leaving out what leads to the value.
void use(std::uint64_t value) noexcept { asm volatile("" : : "r"(value) : "memory"); }

// Pages of its own, so that the process's allocator sees nothing of it.
class Pages {
 public:
  explicit Pages(std::size_t bytes)
      : bytes_(bytes),
        memory_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() { ::munmap(memory_, bytes_); }
  [[nodiscard]] void* get() const noexcept { return memory_; }

 private:
  std::size_t bytes_;
  void* memory_;
};

}  // namespace

double spin_ns() noexcept {
  constexpr std::size_t kBatches = 15;
  constexpr unsigned kThousands = 60;
  std::array<double, kBatches> costs{};
  std::uint64_t value = 1;
  for (double& cost : costs) {
    const std::uint64_t begin = monotonic_ns();
    for (unsigned i = 0; i < kThousands * 1000; ++i) {
      value = value * 6364136223846793005U + 1442695040888963407U;
      use(value);
    }
    cost = static_cast<double>(monotonic_ns() - begin) / kThousands;
  }
  return median(costs);
}

double memory_ns() {
  constexpr std::size_t kLines = std::size_t{1} << 16U;
  struct alignas(64) Line {
    std::uint32_t next;
  };
  const Pages pages(kLines * sizeof(Line));
  auto* const lines = static_cast<Line*>(pages.get());
  for (std::size_t i = 0; i < kLines; ++i) {
    // A full-period linear congruential generator: one cycle through all lines, in no order a prefetcher
    // knows.
    lines[i].next = static_cast<std::uint32_t>((i * 20'077U + 12'345U) % kLines);
  }
  constexpr std::size_t kBatches = 15;
  constexpr unsigned kLoads = 2'000;
  std::array<double, kBatches> costs{};
  std::uint32_t at = 0;
  for (double& cost : costs) {
    const std::uint64_t begin = monotonic_ns();
    for (unsigned i = 0; i < kLoads; ++i) at = lines[at].next;
    use(at);
    cost = static_cast<double>(monotonic_ns() - begin) / kLoads;
  }
  return median(costs);
}

CpuPair first_two_cpus() noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (::sched_getaffinity(0, sizeof mask, &mask) != 0) return {};
  int first = -1;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(static_cast<std::size_t>(cpu), &mask)) continue;
    if (first >= 0) return {.from = first, .to = cpu};
    first = cpu;
  }
  return {.from = std::max(first, 0), .to = std::max(first, 0)};
}

Calibration calibrate_machine() {
  const CpuPair pair = first_two_cpus();
  Calibration calibration{.spin_ns = spin_ns(),
                          .memory_ns = memory_ns(),
                          .round_trip_ns = {},
                          .round_trip_from = pair.from,
                          .round_trip_to = pair.to};
  if (pair.from != pair.to) calibration.round_trip_ns = round_trip_ns(pair.from, pair.to);
  return calibration;
}

nlohmann::json to_json(const Calibration& calibration) {
  return {{"spin_ns", calibration.spin_ns},
          {"memory_ns", calibration.memory_ns},
          {"round_trip_ns", or_unavailable(calibration.round_trip_ns)},
          {"round_trip_cpus", {calibration.round_trip_from, calibration.round_trip_to}}};
}

}  // namespace baton
