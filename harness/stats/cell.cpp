#include "harness/stats/cell.hpp"

#include <algorithm>

#include "harness/stats/moments.hpp"
#include "harness/stats/order.hpp"

namespace baton::stats {

std::optional<CellSummary> summarize_cell(std::span<const double> values, const CellOptions& options) {
  const std::optional<double> middle = median(values);
  if (!middle) return std::nullopt;
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  CellSummary summary{values.size(),
                      *least,
                      *middle,
                      *greatest,
                      median_interval(values, options.level),
                      std::nullopt,
                      test_modes(values, options.modes)};
  const bool two_modes = summary.modes && summary.modes->modes;
  if (!two_modes) summary.mean = mean(values);
  return summary;
}

}  // namespace baton::stats
