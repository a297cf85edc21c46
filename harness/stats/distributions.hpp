// Quantiles and tails of the distributions the other headers need, from Boost.Math. Kept in one unit because
// Boost's headers are slow to compile.
#pragma once

#include <cstddef>

namespace baton::stats {

// The value that |T| stays below with this probability, T of Student's distribution.
// Wants 0 < level < 1 and degrees >= 1 (anything else is the caller's fault: asserted).
double student_two_sided(double level, std::size_t degrees);

// P(|T| >= |t|) for Student's distribution with these degrees of freedom (>= 1).
double student_p_value(double t, std::size_t degrees);

// P(X <= successes) for X binomial(trials, probability).
double binomial_cdf(std::size_t successes, std::size_t trials, double probability);

}  // namespace baton::stats
