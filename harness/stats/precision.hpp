// How many rounds a question needs, and when a run that looks at its own results may stop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/stats/decision.hpp"
#include "harness/stats/ratio.hpp"

namespace baton::stats {

// Rounds until an interval at this level reaches no further than `wanted` (natural logarithm) from the
// estimate, if the trials scatter as they did (log_sd) and something is known of that scatter beforehand
// (degrees of freedom beyond the rounds' own). At least 2. Unavailable if that takes more than kMostRounds,
// or for a wanted width that is not positive, a log_sd or degrees that are negative or not finite, or a level
// outside (0, 1).
inline constexpr std::size_t kMostRounds = 1'000'000;
std::optional<std::size_t> rounds_for(double log_sd, double level, double wanted, double known_degrees = 0);

// Rounds in all that a question needs to be decided if estimate and scatter stay as they are; the level is
// that of `log_interval`. Unavailable if no number is known to do: the estimate lies on a limit, or
// kMostRounds is too few.
std::optional<std::size_t> rounds_to_decide(const Ratio& ratio, const Limits& limits);

// The stop rule looks at the scatter of the trials, never at the estimates. For normal scatter the two are
// independent, so that looking after every round and stopping when the interval is narrow enough favours no
// answer ("stop when significant" would). What looking costs is a little coverage, because a scatter that
// came out small by luck stops a run: least_rounds bounds that. docs/statistics.md has the coverage after
// stopping.
enum class Next : std::uint8_t { another_round, precise_enough, rounds_spent };

struct StopRule {
  double half_width = 0;  // wanted, natural logarithm
  std::size_t least_rounds = 10;
  std::size_t most_rounds = 60;
};

// What a question's rounds so far say about its precision.
struct Scatter {
  std::size_t rounds = 0;
  std::size_t units = 0;  // of inference: several a round if its trials had several seatings
  double log_sd = 0;      // of the units' log ratios
  double level = 0.95;    // of the interval that is to be narrow enough
};

// The half width of the least precise one, natural logarithm: infinite for one without scatter yet, 0 for an
// empty span.
double widest(std::span<const std::optional<Scatter>> questions);

// What to do after a round. All questions have to be precise: the half width counted is Student's, which
// needs no resampling after every round and has no luck of its own. An empty span, or a question without
// scatter yet, asks for another round.
Next next_step(std::span<const std::optional<Scatter>> questions, const StopRule& rule);

}  // namespace baton::stats
