#include "harness/stats/ratio.hpp"

#include <algorithm>
#include <array>

#include "harness/stats/distributions.hpp"
#include "harness/stats/moments.hpp"

namespace baton::stats {
namespace {

std::optional<std::vector<double>> trial_means(std::span<const Slices> trials) {
  std::vector<double> means;
  for (const Slices& slices : trials) {
    if (slices.empty() || !all_finite(slices)) return std::nullopt;
    means.push_back(midmean(slices));
  }
  return means;
}

// What a series' numbers are summed up by.
struct Location {
  double centre = 0;
  Spread spread;
  bool trimmed = false;
};
Location location_of(const std::vector<double>& numbers) {
  if (numbers.size() >= kManyTrials) {
    const std::optional<TrimmedMean> middle = trimmed_mean(numbers);
    if (middle && middle->variance > 0) {
      return {.centre = middle->mean,
              .spread = {.variance = middle->variance, .degrees = middle->degrees},
              .trimmed = true};
    }
  }
  const double deviation = standard_deviation(numbers);
  return {.centre = mean(numbers),
          .spread = {.variance = deviation * deviation, .degrees = static_cast<double>(numbers.size() - 1)}};
}

std::optional<Location> location_of(std::span<const Slices> log_ratios) {
  if (log_ratios.size() < 2) return std::nullopt;
  const std::optional<std::vector<double>> means = trial_means(log_ratios);
  if (!means) return std::nullopt;
  return location_of(*means);
}

}  // namespace

std::string_view to_string(Method method) noexcept {
  switch (method) {
    case Method::bootstrap:
      return "studentised bootstrap";
    case Method::student:
      return "Student's t";
    case Method::moderated:
      return "moderated t";
    case Method::trimmed:
      return "trimmed t";
    case Method::moderated_trimmed:
      return "moderated trimmed t";
    case Method::exact:
      return "exact";
  }
  return "unknown";
}

std::optional<double> log_ratio(double baseline, double candidate) {
  if (!(std::isfinite(baseline) && std::isfinite(candidate) && baseline > 0 && candidate > 0))
    return std::nullopt;
  return std::log(candidate) - std::log(baseline);  // a quotient could overflow
}

std::optional<std::vector<Slices>> log_ratios(std::span<const double> baseline,
                                              std::span<const double> candidate) {
  if (baseline.size() != candidate.size()) return std::nullopt;
  std::vector<Slices> trials;
  for (std::size_t i = 0; i < baseline.size(); ++i) {
    const std::optional<double> one = log_ratio(baseline[i], candidate[i]);
    if (!one) return std::nullopt;
    trials.push_back({*one});
  }
  return trials;
}

std::optional<Spread> spread_of(std::span<const Slices> log_ratios) {
  const std::optional<Location> location = location_of(log_ratios);
  if (!location) return std::nullopt;
  return location->spread;
}

std::optional<Ratio> estimate_ratio(std::span<const Slices> log_ratios, const RatioOptions& options) {
  const std::array<double, 1> levels{options.level};
  const auto ratios = estimate_ratio(log_ratios, levels, options.seed, options.common);
  if (!ratios) return std::nullopt;
  return ratios->front();
}

std::optional<std::vector<Ratio>> estimate_ratio(std::span<const Slices> log_ratios,
                                                 std::span<const double> levels, std::uint64_t seed,
                                                 const std::optional<Spread>& common) {
  const bool levels_fit = std::all_of(levels.begin(), levels.end(), [](double l) { return l > 0 && l < 1; });
  if (levels.empty() || !levels_fit) return std::nullopt;
  const std::optional<Location> location = location_of(log_ratios);
  if (!location) return std::nullopt;
  const Spread& own = location->spread;

  Ratio ratio;
  ratio.trials = log_ratios.size();
  ratio.log = location->centre;
  ratio.spread = own;
  const double root = std::sqrt(static_cast<double>(ratio.trials));
  if (!(own.variance > 0)) {
    ratio.method = Method::exact;
    ratio.p_value = ratio.log == 0 ? 1 : 0;
    std::vector<Ratio> points(levels.size(), ratio);
    for (std::size_t i = 0; i < levels.size(); ++i)
      points[i].log_interval = {ratio.log, ratio.log, levels[i]};
    return points;
  }

  const double finest = *std::max_element(levels.begin(), levels.end());
  const bool moderate = common && (location->trimmed || ratio.trials < kFewTrials);
  const auto bootstrap = moderate || location->trimmed
                             ? std::nullopt
                             : StudentisedBootstrap::make(log_ratios, {.finest_level = finest, .seed = seed});
  if (moderate) ratio.spread = moderated(own, common);
  const double own_error = std::sqrt(own.variance) / root;
  const double error = std::sqrt(ratio.spread.variance) / root;
  ratio.p_value = bootstrap ? bootstrap->p_value(ratio.log / own_error)
                            : student_p_value(ratio.log / error, ratio.spread.degrees);
  std::vector<Ratio> ratios;
  for (const double level : levels) {
    const std::optional<double> resampled = bootstrap ? bootstrap->critical(level) : std::nullopt;
    const Method without = location->trimmed ? (moderate ? Method::moderated_trimmed : Method::trimmed)
                                             : (moderate ? Method::moderated : Method::student);
    ratio.method = resampled ? Method::bootstrap : without;
    const double half =
        resampled ? own_error * *resampled : error * student_two_sided(level, ratio.spread.degrees);
    ratio.log_interval = {ratio.log - half, ratio.log + half, level};
    ratios.push_back(ratio);
  }
  return ratios;
}

}  // namespace baton::stats
