// The core-to-core part of calibration.hpp.
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "harness/measure/calibration.hpp"
#include "harness/measure/clock.hpp"
#include "harness/measure/small_work.hpp"

namespace baton {
namespace {

constexpr unsigned kTrips = 25;  // a batch
constexpr std::size_t kBatches = 200;
constexpr std::size_t kFewestBatches = 8;
constexpr std::uint64_t kPatienceNs = 15'000'000;

}  // namespace

bool small_work::pin_this_thread(int cpu) noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(static_cast<std::size_t>(cpu), &mask);
  return ::pthread_setaffinity_np(::pthread_self(), sizeof mask, &mask) == 0;
}

std::optional<double> round_trip_ns(int from, int to) {
  small_work::RallyLine line;
  bool pinned_from = false;
  bool pinned_to = false;
  std::vector<double> costs;
  costs.reserve(kBatches);
  const std::uint64_t end = monotonic_ns() + kPatienceNs;
  std::thread other([&] {
    pinned_to = small_work::pin_this_thread(to);
    if (pinned_to) {
      line.answer(end);
    } else {
      line.over();
    }
  });
  std::thread one([&] {
    pinned_from = small_work::pin_this_thread(from);
    std::uint64_t word = 0;
    bool going = pinned_from;
    for (std::size_t batch = 0; going && batch < kBatches; ++batch) {
      const std::uint64_t begin = monotonic_ns();
      for (unsigned trip = 0; going && trip < kTrips; ++trip) going = line.trip(word, end);
      if (going) costs.push_back(static_cast<double>(monotonic_ns() - begin) / kTrips);
    }
    line.over();
  });
  one.join();
  other.join();
  if (!pinned_from || !pinned_to || costs.size() < kFewestBatches) return std::nullopt;
  const auto middle = costs.begin() + static_cast<std::ptrdiff_t>(costs.size() / 2);
  std::nth_element(costs.begin(), middle, costs.end());
  return *middle;
}

}  // namespace baton
