#include "harness/stats/order.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/distributions.hpp"
#include "harness/stats/moments.hpp"

namespace baton::stats {
namespace {

bool is_level(double level) noexcept { return level > 0 && level < 1; }

std::vector<double> sorted_copy(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

// How often the k-th smallest and the k-th largest of n hold the median between them.
double median_coverage(std::size_t k, std::size_t n) { return 1 - 2 * binomial_cdf(k - 1, n, 0.5); }

// The least rank r in 1..count + 1 with P(X <= r - 1) >= bound, X binomial(count, q).
std::size_t least_rank(std::size_t count, double q, double bound) {
  std::size_t low = 1;
  std::size_t high = count + 1;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (binomial_cdf(middle - 1, count, q) >= bound) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace

std::optional<double> quantile_of_sorted(std::span<const double> sorted, double q) {
  if (sorted.empty() || !(q >= 0 && q <= 1) || !all_finite(sorted)) return std::nullopt;
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

std::optional<double> median(std::span<const double> values) {
  if (!all_finite(values)) return std::nullopt;  // before sorting: NaN has no order
  return quantile_of_sorted(sorted_copy(values), 0.5);
}

std::optional<Interval> median_interval(std::span<const double> values, double level) {
  const std::size_t n = values.size();
  if (n < 2 || !is_level(level) || !all_finite(values)) return std::nullopt;
  const std::vector<double> sorted = sorted_copy(values);
  const double widest = median_coverage(1, n);
  if (widest < level) return Interval{sorted.front(), sorted.back(), widest};

  std::size_t k = 1;
  while (k + 1 <= n / 2 && median_coverage(k + 1, n) >= level) ++k;
  if (k + 1 > n / 2) return Interval{sorted[k - 1], sorted[n - k], median_coverage(k, n)};
  const double wide = median_coverage(k, n);
  const double narrow = median_coverage(k + 1, n);
  const double share = (wide - level) / (wide - narrow);
  const auto kd = static_cast<double>(k);
  const auto nd = static_cast<double>(n);
  const double weight = (nd - kd) * share / (kd + (nd - 2 * kd) * share);
  return Interval{std::lerp(sorted[k - 1], sorted[k], weight),
                  std::lerp(sorted[n - k], sorted[n - k - 1], weight), level};
}

std::optional<Ranks> quantile_ranks(std::size_t count, double q, double level) {
  if (count == 0 || !(q > 0 && q < 1) || !is_level(level)) return std::nullopt;
  const double tail = (1 - level) / 2;
  // low is the last rank that lies above the quantile with a probability of at most tail: P(X <= low - 1) <=
  // tail.
  if (binomial_cdf(0, count, q) > tail) return std::nullopt;
  std::size_t low = least_rank(count, q, tail);
  if (binomial_cdf(low - 1, count, q) > tail) --low;
  const std::size_t high = least_rank(count, q, 1 - tail);
  if (high > count) return std::nullopt;
  return Ranks{low, high, binomial_cdf(high - 1, count, q) - binomial_cdf(low - 1, count, q)};
}

}  // namespace baton::stats
