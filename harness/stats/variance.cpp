#include "harness/stats/variance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/moments.hpp"

namespace baton::stats {

std::optional<Components> variance_components(std::span<const Slices> trials) {
  if (trials.size() < 2) return std::nullopt;
  std::vector<double> means;
  double squares = 0;
  double inverse_sizes = 0;
  std::size_t count = 0;
  for (const Slices& slices : trials) {
    if (slices.size() < 2 || !all_finite(slices)) return std::nullopt;
    means.push_back(mean(slices));
    const double spread = standard_deviation(slices);
    squares += spread * spread * static_cast<double>(slices.size() - 1);
    inverse_sizes += 1 / static_cast<double>(slices.size());
    count += slices.size();
  }
  const auto n = static_cast<double>(trials.size());
  Components components;
  components.within = squares / static_cast<double>(count - trials.size());
  components.slices = static_cast<double>(count) / n;
  const double of_means = standard_deviation(means);
  components.between = std::max(0.0, of_means * of_means - components.within * inverse_sizes / n);
  return components;
}

std::optional<std::size_t> best_slices(const Components& components, double trial_seconds,
                                       double slice_seconds) {
  if (!(trial_seconds > 0 && slice_seconds > 0) || !(components.between > 0)) return std::nullopt;
  const double best = std::sqrt(components.within / components.between * trial_seconds / slice_seconds);
  if (!(best < 1e9)) return std::nullopt;
  return static_cast<std::size_t>(std::max(1.0, std::round(best)));
}

}  // namespace baton::stats
