#include "harness/stats/moments.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace baton::stats {

double mean(std::span<const double> values) noexcept {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) noexcept {
  // Equal values have no spread, whatever rounding does to their mean.
  if (std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>{}) == values.end()) return 0;
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

bool all_finite(std::span<const double> values) noexcept {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

}  // namespace baton::stats
