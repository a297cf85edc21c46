#include "harness/stats/effect.hpp"

#include <algorithm>
#include <vector>

#include "harness/stats/moments.hpp"

namespace baton::stats {

std::optional<double> cliffs_delta(std::span<const double> baseline, std::span<const double> candidate) {
  if (baseline.empty() || candidate.empty() || !all_finite(baseline) || !all_finite(candidate))
    return std::nullopt;
  std::vector<double> sorted(baseline.begin(), baseline.end());
  std::sort(sorted.begin(), sorted.end());
  double balance = 0;
  for (const double value : candidate) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
    balance += static_cast<double>(first - sorted.begin()) - static_cast<double>(sorted.end() - last);
  }
  return balance / (static_cast<double>(baseline.size()) * static_cast<double>(candidate.size()));
}

}  // namespace baton::stats
