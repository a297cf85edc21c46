#include "bench/primitives/line_transfer.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "bench/primitives/crew.hpp"

namespace baton::primitives {

std::optional<double> line_transfer_ns() {
  if (processors().size() < 2) {
    return std::nullopt;
  }
  using Clock = std::chrono::steady_clock;
  constexpr std::uint32_t kSlices = 15;  // the median of so many, because others may use the processors too
  constexpr std::uint32_t kRoundTrips = 200;
  alignas(64) std::atomic<std::uint32_t> ball{0};
  std::array<double, kSlices> slices{};
  Crew crew(2);
  crew.run([&](unsigned index) {
    std::uint32_t next = index;
    for (double& slice : slices) {
      const auto start = Clock::now();
      for (std::uint32_t i = 0; i < kRoundTrips; ++i, next += 2) {
        // acquire and release: as whoever hands something over would
        while (ball.load(std::memory_order_acquire) != next) {
        }
        ball.store(next + 1, std::memory_order_release);
      }
      if (index == 0) {
        slice = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
      }
    }
  });
  std::nth_element(slices.begin(), slices.begin() + kSlices / 2, slices.end());
  return slices[kSlices / 2] / (2.0 * kRoundTrips);
}

}  // namespace baton::primitives
