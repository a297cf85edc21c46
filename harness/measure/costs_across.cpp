#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>

#include "harness/measure/calibration.hpp"
#include "harness/measure/clock.hpp"
#include "harness/measure/costs_parts.hpp"
#include "harness/measure/small_work.hpp"

namespace baton::costs {

namespace {

constexpr std::uint64_t kPatienceNs =
    500'000'000;  // where two threads wait for each other, on a busy machine

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

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
  return ::syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
}

}  // namespace

// One buffer at a time, as a handoff frees it: what the allocator keeps in common travels for each.
std::optional<Cost> malloc_across_cost(std::size_t bytes, const Distance& cpus) {
  constexpr std::size_t kTurns = 400;
  void* buffer = nullptr;
  std::vector<double> turns = in_turn(
      cpus, kTurns, [&] { buffer = allocate(bytes); }, [&] { give_back(std::exchange(buffer, nullptr)); });
  give_back(buffer);  // of a turn that was cut
  const auto nothing = [] {};
  std::vector<double> clocks = in_turn(cpus, kTurns, nothing, nothing);
  if (turns.size() < 2 || clocks.size() < 2) return std::nullopt;
  const double clock = cost_of("", std::move(clocks)).ns;
  for (double& turn : turns) turn = std::max(turn - clock, 0.0);
  return cost_of("malloc_free_across", std::move(turns));
}

// Two threads wake each other; half a round is a wake-up and the falling asleep of whoever woke.
std::optional<Cost> wake_up_cost(std::string name, const Distance& cpus) {
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
  return cost_of(std::move(name), std::move(batches));
}

std::optional<Cost> line_cost(const Distance& cpus) {
  constexpr int kLooks = 9;
  std::vector<double> looks;
  for (int i = 0; i < kLooks; ++i) {
    if (const auto trip = round_trip_ns(cpus.from, cpus.to)) looks.push_back(*trip / 2);
  }
  if (looks.empty()) return std::nullopt;
  return cost_of("line." + cpus.name, std::move(looks));
}

// A stretch of memory that two threads write and read in turn, beside one that a thread has for itself.
std::optional<Cost> lines_cost(const Distance& cpus) {
  constexpr std::size_t kBytes = 16384;
  constexpr std::size_t kLines = kBytes / 64;
  struct alignas(4096) Stretch {
    std::array<char, kBytes> bytes{};
  };
  const auto shared = std::make_unique<Stretch>();
  const auto own = std::make_unique<Stretch>();
  const auto fill = [](Stretch& stretch) {
    std::memset(stretch.bytes.data(), 1, kBytes);
    asm volatile("" : : "r"(stretch.bytes.data()) : "memory");
  };
  const auto nothing = [] {};
  std::vector<double> alone = in_turn(
      cpus, kBatches + 1, [&] { fill(*own); }, nothing);
  std::vector<double> both = in_turn(
      cpus, kBatches + 1, [&] { fill(*shared); }, [&] { fill(*shared); });
  if (alone.size() < 2 || both.size() < 2) return std::nullopt;
  const double by_itself = cost_of("", alone).ns;
  both.erase(both.begin());  // warms up
  for (double& batch : both) batch = std::max(batch / 2 - by_itself, 0.0) / kLines;
  return cost_of("lines." + cpus.name, std::move(both));
}

}  // namespace baton::costs
