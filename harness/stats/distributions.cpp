#include "harness/stats/distributions.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>

namespace baton::stats {

double student_two_sided(double level, std::size_t degrees) {
  assert(level > 0 && level < 1 && degrees >= 1);
  const boost::math::students_t student(static_cast<double>(degrees));
  return boost::math::quantile(boost::math::complement(student, (1 - level) / 2));
}

double student_p_value(double t, std::size_t degrees) {
  assert(degrees >= 1);
  const boost::math::students_t student(static_cast<double>(degrees));
  return 2 * boost::math::cdf(boost::math::complement(student, std::fabs(t)));
}

double binomial_cdf(std::size_t successes, std::size_t trials, double probability) {
  if (successes >= trials) return 1;
  const boost::math::binomial binomial(static_cast<double>(trials), probability);
  return boost::math::cdf(binomial, static_cast<double>(successes));
}

}  // namespace baton::stats
