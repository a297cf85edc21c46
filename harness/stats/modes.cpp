#include "harness/stats/modes.hpp"

#include <algorithm>
#include <vector>

#include "harness/stats/dip.hpp"
#include "harness/stats/moments.hpp"
#include "harness/stats/order.hpp"

namespace baton::stats {
namespace {

// Splits sorted values where the squares within both groups sum to least: where those between them are
// greatest.
TwoModes split(std::span<const double> sorted) {
  const double centre = mean(sorted);
  const auto n = static_cast<double>(sorted.size());
  double left_sum = 0;
  double best = -1;
  std::size_t cut = 1;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    left_sum += sorted[i - 1] - centre;
    const auto left = static_cast<double>(i);
    const double between = left_sum * left_sum * (1 / left + 1 / (n - left));
    if (between <= best) continue;
    best = between;
    cut = i;
  }
  const double low = quantile_of_sorted(sorted.first(cut), 0.5).value_or(sorted.front());
  const double high = quantile_of_sorted(sorted.subspan(cut), 0.5).value_or(sorted.back());
  return {low, high, (n - static_cast<double>(cut)) / n};
}

}  // namespace

std::optional<ModeTest> test_modes(std::span<const double> values, const ModeOptions& options) {
  if (values.size() < kLeastForModes || !all_finite(values)) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  ModeTest test;
  test.dip = dip_statistic(sorted);
  test.p_value = dip_p_value(test.dip, sorted.size(), options.seed);
  if (test.p_value <= options.alpha) test.modes = split(sorted);
  return test;
}

}  // namespace baton::stats
