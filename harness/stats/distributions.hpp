// Quantiles and tails of the distributions the other headers need, from Boost.Math. Kept in one unit because
// Boost's headers are slow to compile.
#pragma once

#include <cstddef>

namespace baton::stats {

// The value that |T| stays below with this probability, T of Student's distribution.
// Wants 0 < level < 1 and degrees >= 1 (anything else is the caller's fault: asserted).
double student_two_sided(double level, double degrees);

// P(|T| >= |t|) for Student's distribution with these degrees of freedom (>= 1).
double student_p_value(double t, double degrees);

// Derivatives of the gamma function's logarithm, x > 0 (asserted).
double digamma(double x);
double trigamma(double x);
// The x whose trigamma is `value` > 0 (asserted).
double inverse_trigamma(double value);

// P(X <= successes) for X binomial(trials, probability).
double binomial_cdf(std::size_t successes, std::size_t trials, double probability);

}  // namespace baton::stats
