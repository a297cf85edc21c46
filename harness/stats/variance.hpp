// Where the scatter of a ratio comes from: between trials (memory layout, start-up, regime) or between the
// slices of one trial. It tells whether more slices or more trials pay.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "harness/stats/bootstrap.hpp"

namespace baton::stats {

struct Components {
  double between = 0;  // variance of trials around the overall mean, beyond what slices explain; >= 0
  double within = 0;   // variance of slices around their trial's mean
  double slices = 0;   // per trial, on average
};

// Moment estimates for a one-way random model (Kalibera and Jones 2013). Unavailable for fewer than two
// trials, a trial with fewer than two slices, or values that are not finite.
std::optional<Components> variance_components(std::span<const Slices> trials);

// The number of slices per trial that gives the narrowest interval in a given time, at least 1: a trial costs
// `trial_seconds` before its first slice and `slice_seconds` for each. Unavailable if more slices always pay
// (no scatter between trials) or a cost is not positive.
std::optional<std::size_t> best_slices(const Components& components, double trial_seconds,
                                       double slice_seconds);

}  // namespace baton::stats
