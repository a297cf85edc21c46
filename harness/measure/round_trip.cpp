// The core-to-core part of calibration.hpp.
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "harness/measure/calibration.hpp"
#include "harness/measure/clock.hpp"

namespace baton {
namespace {

constexpr unsigned kTrips = 25;  // a batch
constexpr std::size_t kBatches = 200;
constexpr std::size_t kFewestBatches = 8;
constexpr std::uint64_t kPatienceNs = 15'000'000;

bool pin_this_thread(int cpu) noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(static_cast<std::size_t>(cpu), &mask);
  return ::pthread_setaffinity_np(::pthread_self(), sizeof mask, &mask) == 0;
}

// The line that goes back and forth: odd numbers are the one thread's words, even ones the other's.
struct alignas(128) Line {
  std::atomic<std::uint64_t> word{0};
};

constexpr std::uint64_t kOver = ~std::uint64_t{0};

// Waits until the word is `wanted`; false when the other has given up or `end` has passed. No pause between
// looks: the time until the line arrives is what is measured.
bool wait_for(const Line& line, std::uint64_t wanted, std::uint64_t end) noexcept {
  for (unsigned looks = 1;; ++looks) {
    const std::uint64_t word = line.word.load(std::memory_order_acquire);
    if (word == wanted) return true;
    if (word == kOver) return false;
    if (looks % 4096 == 0 && monotonic_ns() > end) return false;
  }
}

}  // namespace

std::optional<double> round_trip_ns(int from, int to) {
  Line line;
  bool pinned_from = false;
  bool pinned_to = false;
  std::vector<double> costs;
  costs.reserve(kBatches);
  const std::uint64_t end = monotonic_ns() + kPatienceNs;
  std::thread other([&] {
    pinned_to = pin_this_thread(to);
    for (std::uint64_t wanted = 1; pinned_to && wait_for(line, wanted, end); wanted += 2) {
      line.word.store(wanted + 1, std::memory_order_release);
    }
    if (!pinned_to) line.word.store(kOver, std::memory_order_release);
  });
  std::thread one([&] {
    pinned_from = pin_this_thread(from);
    std::uint64_t word = 0;
    bool going = pinned_from;
    for (std::size_t batch = 0; going && batch < kBatches; ++batch) {
      const std::uint64_t begin = monotonic_ns();
      for (unsigned trip = 0; going && trip < kTrips; ++trip) {
        line.word.store(word + 1, std::memory_order_release);
        word += 2;
        going = wait_for(line, word, end);
      }
      if (going) costs.push_back(static_cast<double>(monotonic_ns() - begin) / kTrips);
    }
    line.word.store(kOver, std::memory_order_release);
  });
  one.join();
  other.join();
  if (!pinned_from || !pinned_to || costs.size() < kFewestBatches) return std::nullopt;
  const auto middle = costs.begin() + static_cast<std::ptrdiff_t>(costs.size() / 2);
  std::nth_element(costs.begin(), middle, costs.end());
  return *middle;
}

}  // namespace baton
