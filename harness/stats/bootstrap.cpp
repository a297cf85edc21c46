#include "harness/stats/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/stats/moments.hpp"
#include "harness/stats/random.hpp"

namespace baton::stats {
namespace {

constexpr double kBeyond = 10;      // replicates that should lie beyond the finest level ...
constexpr double kLeastBeyond = 5;  // ... and without which a level is not known
constexpr std::size_t kLeastReplicates = 1999;
constexpr std::size_t kMostDraws = 20'000'000;  // of trials per series: about 0.1 s

std::size_t replicates_for(double level, std::size_t draws_each) {
  const double wanted = kBeyond / std::max(1 - level, 1e-9);
  const std::size_t most = std::max(kLeastReplicates, kMostDraws / draws_each);
  if (wanted >= static_cast<double>(most)) return most;
  return std::max(kLeastReplicates, static_cast<std::size_t>(std::ceil(wanted)));
}

// The t statistic of one replicate. Sums and squares in one pass: the deviations are small and around zero.
double absolute_t(std::span<const double> deviations, Random& random) noexcept {
  double sum = 0;
  double squares = 0;
  for (std::size_t drawn = 0; drawn < deviations.size(); ++drawn) {
    const auto [number, sign] = random.signed_below(deviations.size());
    sum += sign * deviations[number];
    squares += deviations[number] * deviations[number];
  }
  const auto n = static_cast<double>(deviations.size());
  const double variance = (squares - sum * sum / n) / (n - 1);
  // A replicate that drew one trial again and again has no spread; what is left of its variance is rounding.
  if (variance > 1e-12 * squares) return std::fabs(sum) / std::sqrt(n * variance);
  return sum != 0 ? std::numeric_limits<double>::infinity() : 0;
}

}  // namespace

std::optional<StudentisedBootstrap> StudentisedBootstrap::make(std::span<const Slices> trials,
                                                               const BootstrapOptions& options) {
  if (trials.size() < kLeastTrials || trials.size() > kMostTrials) return std::nullopt;
  std::vector<double> deviations;  // from the mean of all
  for (const Slices& slices : trials) {
    if (slices.empty() || !all_finite(slices)) return std::nullopt;
    deviations.push_back(midmean(slices));
  }
  if (!(standard_deviation(deviations) > 0)) return std::nullopt;
  const double centre = mean(deviations);
  for (double& deviation : deviations) deviation -= centre;

  Random random(options.seed);
  std::vector<double> sorted(replicates_for(options.finest_level, deviations.size()));
  for (double& t : sorted) t = absolute_t(deviations, random);
  std::sort(sorted.begin(), sorted.end());
  return StudentisedBootstrap(std::move(sorted));
}

std::optional<double> StudentisedBootstrap::critical(double level) const {
  if (!(level > 0 && level < 1)) return std::nullopt;
  const auto count = static_cast<double>(sorted_.size() + 1);
  if ((1 - level) * count < kLeastBeyond) return std::nullopt;
  const auto rank = static_cast<std::size_t>(std::ceil(level * count));
  const double value = sorted_[rank - 1];
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

double StudentisedBootstrap::p_value(double t) const {
  const auto beyond = sorted_.end() - std::lower_bound(sorted_.begin(), sorted_.end(), std::fabs(t));
  return static_cast<double>(beyond + 1) / static_cast<double>(sorted_.size() + 1);
}

}  // namespace baton::stats
