#include "harness/stats/moments.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace baton::stats {

double mean(std::span<const double> values) noexcept {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double midmean(std::span<const double> values) {
  if (values.size() < 3) return mean(values);
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double quarter = static_cast<double>(sorted.size()) / 4;
  const auto whole = static_cast<std::size_t>(quarter);
  const double part = 1 - (quarter - static_cast<double>(whole));  // of the outermost that count
  const std::size_t last = sorted.size() - 1 - whole;
  double sum = part * (sorted[whole] + sorted[last]);
  for (std::size_t i = whole + 1; i < last; ++i) sum += sorted[i];
  return sum / (static_cast<double>(sorted.size()) / 2);
}

std::optional<TrimmedMean> trimmed_mean(std::span<const double> values) {
  constexpr std::size_t kShare = 5;  // a fifth
  const std::size_t cut = values.size() / kShare;
  if (cut == 0) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const auto first = sorted.begin() + static_cast<std::ptrdiff_t>(cut);
  const auto last = sorted.end() - static_cast<std::ptrdiff_t>(cut);
  const double centre = mean(std::span(first, last));
  std::fill(sorted.begin(), first, *first);
  std::fill(last, sorted.end(), *(last - 1));
  const double winsorized = standard_deviation(sorted);
  const auto n = static_cast<double>(sorted.size());
  const auto left = static_cast<double>(last - first);
  return TrimmedMean{.mean = centre,
                     .variance = n * (n - 1) * winsorized * winsorized / (left * (left - 1)),
                     .degrees = left - 1};
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
