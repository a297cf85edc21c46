#include "harness/stats/decision.hpp"

#include <algorithm>
#include <cmath>

namespace baton::stats {

std::string_view to_string(Answer answer) noexcept {
  switch (answer) {
    case Answer::better:
      return "better";
    case Answer::worse:
      return "worse";
    case Answer::no_difference:
      return "no difference";
    case Answer::undecided:
      return "undecided";
  }
  return "unknown";
}

Answer decide(double log_estimate, const Interval& log_interval, const Limits& limits,
              Better better) noexcept {
  if (!log_interval.contains(0) && std::fabs(log_estimate) > limits.resolution) {
    return (log_estimate > 0) == (better == Better::higher) ? Answer::better : Answer::worse;
  }
  const double limit = std::max(limits.resolution, limits.margin);
  const bool inside = -limit <= log_interval.low && log_interval.high <= limit;
  return inside ? Answer::no_difference : Answer::undecided;
}

}  // namespace baton::stats
