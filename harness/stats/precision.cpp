#include "harness/stats/precision.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/stats/distributions.hpp"

namespace baton::stats {

namespace {

double half_width(std::size_t rounds, double log_sd, double level, double known_degrees = 0) {
  const double degrees = static_cast<double>(rounds - 1) + known_degrees;
  return student_two_sided(level, degrees) * log_sd / std::sqrt(static_cast<double>(rounds));
}

}  // namespace

std::optional<std::size_t> rounds_for(double log_sd, double level, double wanted, double known_degrees) {
  const auto fits = [](double value) { return value >= 0 && std::isfinite(value); };
  if (!(wanted > 0) || !fits(log_sd) || !fits(known_degrees) || !(level > 0 && level < 1))
    return std::nullopt;
  if (half_width(kMostRounds, log_sd, level, known_degrees) > wanted) return std::nullopt;
  std::size_t too_few = 1;
  std::size_t enough = kMostRounds;
  while (enough - too_few > 1) {
    const std::size_t middle = too_few + (enough - too_few) / 2;
    if (half_width(middle, log_sd, level, known_degrees) > wanted) {
      too_few = middle;
    } else {
      enough = middle;
    }
  }
  return enough;
}

std::optional<std::size_t> rounds_to_decide(const Ratio& ratio, const Limits& limits) {
  const double size = std::fabs(ratio.log);
  const double level = ratio.log_interval.level;
  const double log_sd = std::sqrt(ratio.spread.variance);
  const double known = std::max(0.0, ratio.spread.degrees - static_cast<double>(ratio.trials - 1));
  // Two ways out of "undecided": the interval shrinks away from 1, or into the limits.
  std::optional<std::size_t> rounds;
  if (size > limits.resolution) rounds = rounds_for(log_sd, level, size, known);
  const std::optional<std::size_t> inside =
      rounds_for(log_sd, level, std::max(limits.resolution, limits.margin) - size, known);
  if (!rounds || (inside && *inside < *rounds)) return inside;
  return rounds;
}

double widest(std::span<const std::optional<Scatter>> questions) {
  double most = 0;
  for (const std::optional<Scatter>& question : questions) {
    most = std::max(most, question && question->units > 1
                              ? half_width(question->units, question->log_sd, question->level)
                              : std::numeric_limits<double>::infinity());
  }
  return most;
}

Next next_step(std::span<const std::optional<Scatter>> questions, const StopRule& rule) {
  std::size_t rounds = 0;
  bool precise = !questions.empty();
  for (const std::optional<Scatter>& question : questions) {
    if (!question || question->rounds < std::max<std::size_t>(rule.least_rounds, 2)) precise = false;
    if (question) rounds = std::max(rounds, question->rounds);
    precise = precise && half_width(question->units, question->log_sd, question->level) <= rule.half_width;
  }
  if (precise) return Next::precise_enough;
  return rounds >= rule.most_rounds ? Next::rounds_spent : Next::another_round;
}

}  // namespace baton::stats
