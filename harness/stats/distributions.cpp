#include "harness/stats/distributions.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cassert>
#include <cmath>

namespace baton::stats {

double student_two_sided(double level, double degrees) {
  assert(level > 0 && level < 1 && degrees >= 1);
  const boost::math::students_t student(degrees);
  return boost::math::quantile(boost::math::complement(student, (1 - level) / 2));
}

double student_p_value(double t, double degrees) {
  assert(degrees >= 1);
  const boost::math::students_t student(degrees);
  return 2 * boost::math::cdf(boost::math::complement(student, std::fabs(t)));
}

double digamma(double x) {
  assert(x > 0);
  return boost::math::digamma(x);
}

double trigamma(double x) {
  assert(x > 0);
  return boost::math::trigamma(x);
}

double inverse_trigamma(double value) {
  assert(value > 0);
  // Newton's method on 1 / trigamma, which is nearly a straight line and convex: it comes from above and
  // never overshoots.
  double x = 0.5 + 1 / value;
  for (int step = 0; step < 50; ++step) {
    const double at = boost::math::trigamma(x);
    const double change = at * (1 - at / value) / boost::math::polygamma(2, x);
    x += change;
    if (std::fabs(change) < 1e-12 * x) break;
  }
  return x;
}

double binomial_cdf(std::size_t successes, std::size_t trials, double probability) {
  if (successes >= trials) return 1;
  const boost::math::binomial binomial(static_cast<double>(trials), probability);
  return boost::math::cdf(binomial, static_cast<double>(successes));
}

}  // namespace baton::stats
