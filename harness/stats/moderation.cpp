#include "harness/stats/moderation.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/distributions.hpp"
#include "harness/stats/moments.hpp"

namespace baton::stats {

std::optional<Spread> common_spread(std::span<const Spread> questions) {
  std::vector<double> variances;
  std::vector<double> logs;    // of the variances, less what their degrees of freedom make them expect
  std::vector<double> chance;  // variance of each log that chance alone gives
  for (const Spread& one : questions) {
    if (!(one.variance > 0) || !std::isfinite(one.variance) || !(one.degrees >= 1)) continue;
    const double half = one.degrees / 2;
    variances.push_back(one.variance);
    logs.push_back(std::log(one.variance) - digamma(half) + std::log(half));
    chance.push_back(trigamma(half));
  }
  if (variances.size() < 3) return std::nullopt;
  const double seen = std::pow(standard_deviation(logs), 2);
  const double expected = mean(chance);
  const double error = expected * std::sqrt(2 / static_cast<double>(variances.size() - 1));
  return Spread{.variance = mean(variances),
                .degrees = 2 * inverse_trigamma(std::max(seen - expected, 0.0) + error)};
}

Spread moderated(const Spread& own, const std::optional<Spread>& common) noexcept {
  if (!common || !(own.variance > 0)) return own;
  const double degrees = own.degrees + common->degrees;
  return {.variance = (own.degrees * own.variance + common->degrees * common->variance) / degrees,
          .degrees = degrees};
}

}  // namespace baton::stats
