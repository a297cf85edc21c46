// From an interval to a sentence.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/stats/interval.hpp"

namespace baton::stats {

enum class Answer : std::uint8_t {
  better,  // the candidate
  worse,
  no_difference,  // none as large as the limits: shown, not merely not found
  undecided,      // the interval allows both; precision.hpp says how many rounds would tell
};
std::string_view to_string(Answer answer) noexcept;

enum class Better : std::uint8_t { higher, lower };  // requests per second; seconds and bytes

// Natural logarithms of ratios, >= 0.
struct Limits {
  double resolution = 0;  // nothing is called different whose estimate is within it (resolution.hpp)
  double margin = 0;  // a difference too small to matter, fixed before the run; 0: only the resolution counts
};

// Different if the interval excludes a ratio of 1 and the estimate lies beyond the resolution. No difference
// if the interval lies within the greater of resolution and margin. The interval and estimate are logarithms
// (ratio.hpp); with simultaneous intervals (comparisons.hpp) the error rate holds for the whole family.
Answer decide(double log_estimate, const Interval& log_interval, const Limits& limits,
              Better better) noexcept;

}  // namespace baton::stats
