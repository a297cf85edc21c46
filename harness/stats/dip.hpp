// The dip statistic (Hartigan and Hartigan 1985): how far the empirical distribution is from the nearest one
// with a single mode, as the greatest vertical distance between the two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace baton::stats {

// Sorted ascending, finite. At most 0.25; 0 for fewer than two different values.
double dip_statistic(std::span<const double> sorted);

// How often `count` values of a uniform distribution have a dip of at least this. The uniform is the hardest
// of the single-mode distributions to tell from two modes, so that for any other the test errs less often
// than it says. Simulated, in (0, 1]; the same seed gives the same number. Above 200 values the dip is scaled
// by its square-root law.
double dip_p_value(double dip, std::size_t count, std::uint64_t seed);

}  // namespace baton::stats
