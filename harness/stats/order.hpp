// Medians, quantiles and their distribution-free intervals. The unit is that of the values.
//
// The values are independent observations: one number per trial. Latencies inside one trial follow each other
// and are not independent; intervals for a percentile of latency come from that percentile in each trial, as
// for any other metric, and quantile_ranks on a trial's histogram is only what sampling alone would leave
// open.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "harness/stats/interval.hpp"

namespace baton::stats {

// Linear interpolation between order statistics (Hyndman and Fan's type 7, numpy's default); sorted
// ascending, q in [0, 1]. Unavailable for no values, a q outside, or values that are not finite.
std::optional<double> quantile_of_sorted(std::span<const double> sorted, double q);
std::optional<double> median(std::span<const double> values);

// The median's interval: between order statistics, interpolated to the wanted level (Hettmansperger and
// Sheather 1986). Fewer than 6 values cannot reach 95 %: the interval is then their whole range, and its
// level says what that attains (0.9375 for 5). Unavailable for fewer than 2 values, values that are not
// finite, or a level outside (0, 1).
std::optional<Interval> median_interval(std::span<const double> values, double level);

// Which order statistics (1-based, 1 <= low < high <= count) hold the q-quantile between them at the level or
// more, with at most half of the rest on each side (Conover 1999, section 3.2). Unavailable if count is too
// small for that: a p99.9 needs 3688 observations for 95 %. For a histogram: look up the values at these
// ranks.
struct Ranks {
  std::size_t low = 0;
  std::size_t high = 0;
  double level = 0;  // attained, at least what was asked for
};
std::optional<Ranks> quantile_ranks(std::size_t count, double q, double level);

}  // namespace baton::stats
