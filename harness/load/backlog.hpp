// The requests of an open loop that are due and not yet sent. Nothing is dropped: what waits, waits with its
// due time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>

#include "harness/load/arrivals.hpp"
#include "harness/load/load_phases.hpp"
#include "harness/load/load_result.hpp"

namespace baton::load {

class Backlog {
 public:
  Backlog(Arrivals arrivals, std::uint64_t limit) : arrivals_(arrivals), left_(limit) {}

  // Takes up what is due by `until`, and counts what is measured of it.
  void take_up(std::uint64_t until, const LoadPhases& phases, LoadResult& result) {
    for (; left_ != 0 && arrivals_.next() <= until; arrivals_.advance(), --left_) {
      waiting_.push_back({arrivals_.next(), arrivals_.scheduled()});
      if (phases.measured(arrivals_.next())) ++result.arrivals;
    }
    if (phases.measured(until))
      result.backlog_max = std::max<std::uint64_t>(result.backlog_max, waiting_.size());
  }
  // Nothing becomes due any more.
  void close() noexcept { left_ = 0; }

  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
  [[nodiscard]] bool ended() const noexcept { return left_ == 0 && waiting_.empty(); }
  // When the next request will be due; kNever if none will.
  [[nodiscard]] std::uint64_t next_due() const noexcept {
    return left_ == 0 ? LoadPhases::kNever : arrivals_.next();
  }
  struct Due {
    std::uint64_t at_ns;
    const ScheduledRequest* request;  // where there is a schedule
  };
  // The one that has waited longest.
  Due take_oldest() {
    const Due due = waiting_.front();
    waiting_.pop_front();
    return due;
  }
  [[nodiscard]] std::uint64_t count_measured(const LoadPhases& phases) const {
    return static_cast<std::uint64_t>(std::count_if(
        waiting_.begin(), waiting_.end(), [&](const Due& due) { return phases.measured(due.at_ns); }));
  }

 private:
  Arrivals arrivals_;
  std::uint64_t left_;
  std::deque<Due> waiting_;
};

}  // namespace baton::load
