// When the requests of an open loop are due.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <utility>

#include "harness/load/load_options.hpp"
#include "harness/load/load_phases.hpp"

namespace baton::load {

// A stream of due times in nanoseconds. Several threads' streams at rate/n each, begun at start + i *
// interval / n, are together a constant stream; Poisson streams add up to a Poisson stream anyway. One
// thread; deterministic by its seed.
class Arrivals {
 public:
  // Every `step`th of a schedule's, from `first` on.
  Arrivals(std::shared_ptr<const Schedule> schedule, std::uint64_t first, std::uint64_t step,
           std::uint64_t start_ns)
      : interval_ns_(0),
        start_ns_(start_ns),
        poisson_(false),
        schedule_(std::move(schedule)),
        at_(first),
        step_(step) {}
  Arrivals(ArrivalKind kind, double rate_per_s, std::uint64_t start_ns, std::uint64_t seed)
      : interval_ns_(1e9 / rate_per_s),
        start_ns_(start_ns),
        poisson_(kind == ArrivalKind::poisson),
        random_(seed) {
    if (poisson_) advance();
  }

  [[nodiscard]] std::uint64_t next() const noexcept {
    if (const ScheduledRequest* request = scheduled()) return start_ns_ + request->due_ns;
    if (schedule_ != nullptr) return LoadPhases::kNever;
    return start_ns_ + static_cast<std::uint64_t>(since_start_);
  }
  // The next one, if there is a schedule, and it is not through.
  [[nodiscard]] const ScheduledRequest* scheduled() const noexcept {
    return schedule_ != nullptr && at_ < schedule_->size() ? &(*schedule_)[at_] : nullptr;
  }
  void advance() {
    at_ += step_;
    ++count_;
    since_start_ = poisson_ ? since_start_ + gap() : static_cast<double>(count_) * interval_ns_;
  }

 private:
  double gap() { return std::exponential_distribution<double>(1 / interval_ns_)(random_); }

  double interval_ns_;
  std::uint64_t start_ns_;
  std::uint64_t count_ = 0;
  double since_start_ =
      0;  // small numbers: a sum of doubles that begin at the machine's uptime would lose nanoseconds
  bool poisson_;
  std::mt19937_64 random_;
  std::shared_ptr<const Schedule> schedule_;
  std::uint64_t at_ = 0, step_ = 0;
};

}  // namespace baton::load
