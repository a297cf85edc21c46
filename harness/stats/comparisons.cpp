#include "harness/stats/comparisons.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "harness/stats/moments.hpp"

namespace baton::stats {
namespace {

bool has_ratio(const std::vector<Slices>& series) {
  return series.size() >= 2 && std::all_of(series.begin(), series.end(), [](const Slices& slices) {
           return !slices.empty() && all_finite(slices);
         });
}

}  // namespace

double simultaneous_level(double level, std::size_t questions) noexcept {
  return 1 - (1 - level) / static_cast<double>(std::max<std::size_t>(questions, 1));
}

std::optional<std::vector<double>> holm(std::span<const double> p_values) {
  if (!std::all_of(p_values.begin(), p_values.end(), [](double p) { return p >= 0 && p <= 1; }))
    return std::nullopt;
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double greatest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto left = static_cast<double>(order.size() - i);
    greatest = std::max(greatest, std::min(1.0, left * p_values[order[i]]));
    adjusted[order[i]] = greatest;
  }
  return adjusted;
}

std::vector<std::optional<Comparison>> compare_family(std::span<const std::vector<Slices>> family,
                                                      const FamilyOptions& options) {
  const auto questions = static_cast<std::size_t>(std::count_if(family.begin(), family.end(), has_ratio));
  const std::array<double, 2> levels{options.level, simultaneous_level(options.level, questions)};

  std::vector<std::optional<Comparison>> comparisons(family.size());
  std::vector<double> p_values;
  for (std::size_t i = 0; i < family.size(); ++i) {
    const auto ratios = estimate_ratio(family[i], levels, options.seed + i,
                                       options.common.empty() ? std::nullopt : options.common[i]);
    if (!ratios) continue;
    comparisons[i] = Comparison{(*ratios)[0], (*ratios)[1].log_interval, (*ratios)[1].method, 1};
    p_values.push_back((*ratios)[0].p_value);
  }
  const std::optional<std::vector<double>> adjusted = holm(p_values);
  std::size_t next = 0;
  for (std::optional<Comparison>& comparison : comparisons) {
    if (comparison && adjusted) comparison->p_holm = (*adjusted)[next++];
  }
  return comparisons;
}

}  // namespace baton::stats
