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
    means.push_back(mean(slices));
  }
  return means;
}

}  // namespace

std::string_view to_string(Method method) noexcept {
  switch (method) {
    case Method::bootstrap:
      return "studentised bootstrap";
    case Method::student:
      return "Student's t";
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

std::optional<Ratio> estimate_ratio(std::span<const Slices> log_ratios, const RatioOptions& options) {
  const std::array<double, 1> levels{options.level};
  const auto ratios = estimate_ratio(log_ratios, levels, options.seed);
  if (!ratios) return std::nullopt;
  return ratios->front();
}

std::optional<std::vector<Ratio>> estimate_ratio(std::span<const Slices> log_ratios,
                                                 std::span<const double> levels, std::uint64_t seed) {
  const bool levels_fit = std::all_of(levels.begin(), levels.end(), [](double l) { return l > 0 && l < 1; });
  if (log_ratios.size() < 2 || levels.empty() || !levels_fit) return std::nullopt;
  const std::optional<std::vector<double>> means = trial_means(log_ratios);
  if (!means) return std::nullopt;

  Ratio ratio;
  ratio.trials = means->size();
  ratio.log = mean(*means);
  ratio.log_sd = standard_deviation(*means);
  const double error = ratio.log_sd / std::sqrt(static_cast<double>(ratio.trials));
  if (!(error > 0)) {
    ratio.method = Method::exact;
    ratio.p_value = ratio.log == 0 ? 1 : 0;
    std::vector<Ratio> points(levels.size(), ratio);
    for (std::size_t i = 0; i < levels.size(); ++i)
      points[i].log_interval = {ratio.log, ratio.log, levels[i]};
    return points;
  }

  const double finest = *std::max_element(levels.begin(), levels.end());
  const auto bootstrap = StudentisedBootstrap::make(log_ratios, {.finest_level = finest, .seed = seed});
  const double t = ratio.log / error;
  ratio.p_value = bootstrap ? bootstrap->p_value(t) : student_p_value(t, ratio.trials - 1);
  std::vector<Ratio> ratios;
  for (const double level : levels) {
    const std::optional<double> resampled = bootstrap ? bootstrap->critical(level) : std::nullopt;
    ratio.method = resampled ? Method::bootstrap : Method::student;
    const double half = error * (resampled ? *resampled : student_two_sided(level, ratio.trials - 1));
    ratio.log_interval = {ratio.log - half, ratio.log + half, level};
    ratios.push_back(ratio);
  }
  return ratios;
}

}  // namespace baton::stats
