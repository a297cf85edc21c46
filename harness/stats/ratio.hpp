// The ratio between two cells measured in the same rounds: candidate over baseline.
//
// A round gives one trial (or, in a trial that alternates both cells, one pair per slice) of each cell. Per
// pair the logarithm of candidate / baseline is taken, per trial the midmean of its pairs (moments.hpp), and
// the estimate is the mean over trials, and of many trials their trimmed mean: the geometric mean of the
// ratios. What both cells of a round suffer
// alike falls out. The unit of inference is the trial: slices of one trial share its memory layout, its
// regime and its luck (Kalibera and Jones 2013). A trial that was seated several times is several here.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/stats/bootstrap.hpp"
#include "harness/stats/interval.hpp"
#include "harness/stats/moderation.hpp"

namespace baton::stats {

// With so many trials a series knows its own scatter well enough.
inline constexpr std::size_t kFewTrials = 12;

// With so many, trials that the host disturbed from end to end are to be expected among them: the estimate is
// the trimmed mean then (moments.hpp), unless what is left is all equal.
inline constexpr std::size_t kManyTrials = 12;

// Where an interval's width comes from.
enum class Method : std::uint8_t {
  bootstrap,  // StudentisedBootstrap
  student,  // Student's t: too few or too many trials for StudentisedBootstrap, or a level it cannot resolve
  moderated,  // Student's t whose scatter is that of all questions of the kind (moderation.hpp): where that
              // is known and there are fewer than kFewTrials
  trimmed,    // Student's t of the trimmed mean: kManyTrials or more
  moderated_trimmed,  // likewise, with the scatter of all questions of the kind
  exact,              // every trial gave the same ratio: the interval is a point
};
std::string_view to_string(Method method) noexcept;

// Natural logarithm of candidate / baseline; unavailable unless both are positive and finite.
std::optional<double> log_ratio(double baseline, double candidate);

// One pair per round, in the order of the rounds. Unavailable if the lengths differ or a pair has no ratio:
// the caller decides which rounds count (both trials valid and not quarantined), not this function.
std::optional<std::vector<Slices>> log_ratios(std::span<const double> baseline,
                                              std::span<const double> candidate);

struct RatioOptions {
  double level = 0.95;
  std::uint64_t seed = 1;
  std::optional<Spread> common = {};  // of the questions of its kind, common_spread()
};

// Of the trials' log ratios. Unavailable where there is no ratio, see estimate_ratio.
std::optional<Spread> spread_of(std::span<const Slices> log_ratios);

struct Ratio {
  double log = 0;         // estimate, natural logarithm
  Interval log_interval;  // at the level asked for
  double p_value = 1;     // two-sided, of "the ratio is 1"
  Spread spread;          // of the trials' log ratios, as the interval uses it: what precision.hpp plans with
  std::size_t trials = 0;
  Method method = Method::bootstrap;

  [[nodiscard]] double value() const noexcept { return std::exp(log); }
  [[nodiscard]] Interval interval() const noexcept {
    return {std::exp(log_interval.low), std::exp(log_interval.high), log_interval.level};
  }
};

// Unavailable for fewer than two trials, an empty trial, a log ratio that is not finite, or a level outside
// (0, 1).
std::optional<Ratio> estimate_ratio(std::span<const Slices> log_ratios, const RatioOptions& options);

// Several levels at the cost of one: the first Ratio is at levels[0], and so on.
std::optional<std::vector<Ratio>> estimate_ratio(std::span<const Slices> log_ratios,
                                                 std::span<const double> levels, std::uint64_t seed,
                                                 const std::optional<Spread>& common = {});

}  // namespace baton::stats
