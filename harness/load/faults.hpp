// Faults that clients ask the origin for: which requests meet one is drawn by a seed, and the request says
// so, so that both ends know.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>

namespace baton::load {

enum class Fault : std::uint8_t {
  none,
  stall,     // the origin pauses in the middle of the body
  truncate,  // it announces all, and closes in the middle
  reset,     // it resets the connection in the middle
  lie,       // it sends more than it announces
};

// Shares of the requests, together at most 1.
struct FaultPlan {
  double stall = 0, truncate = 0, reset = 0, lie = 0;
  std::uint64_t at_bytes = 0;  // of the body: where it happens; how much more it sends than it announces
  std::chrono::milliseconds stall_time{0};
  // Of the connections to the origin: refused. The origin then ends each after an answer, so that as many
  // requests meet a refusal.
  double refuse = 0;

  [[nodiscard]] bool marks_requests() const noexcept { return stall + truncate + reset + lie > 0; }
};

template <class Random>
Fault draw_fault(const FaultPlan& plan, Random& random) {
  if (!plan.marks_requests()) return Fault::none;
  double left = std::uniform_real_distribution<double>(0, 1)(random);
  if ((left -= plan.stall) < 0) return Fault::stall;
  if ((left -= plan.truncate) < 0) return Fault::truncate;
  if ((left -= plan.reset) < 0) return Fault::reset;
  return (left -= plan.lie) < 0 ? Fault::lie : Fault::none;
}

// Whether number `n` of those that come one after the other is among the share; spread evenly.
inline bool refuses(double share, std::uint64_t n) noexcept {
  return std::floor(static_cast<double>(n + 1) * share) > std::floor(static_cast<double>(n) * share);
}

}  // namespace baton::load
