// The studentised bootstrap over trials: what the t statistic of their numbers would do under resampling. A
// trial's number is the midmean of its slices (moments.hpp), and is drawn whole: drawing slices anew, of
// which some are outliers, makes intervals that hold the truth too rarely.
//
// A replicate draws as many trials as there are, with replacement, and turns each drawn trial's deviation
// from the overall mean round with probability one half. Reason for the last step: the two cells of a round
// run in random order on one machine, so that noise is as likely to hit the one as the other and log ratios
// scatter alike to both sides. docs/statistics.md has the comparison with the alternatives. Sources: Efron
// and Tibshirani 1993, chapters 8 and 12; Davison and Hinkley 1997, section 3.8; Liu 1988 (wild bootstrap).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace baton::stats {

// The slices of one trial (one number if it was not cut into slices). Trials of one series may differ in
// length.
using Slices = std::vector<double>;

struct BootstrapOptions {
  double finest_level = 0.95;  // the highest level critical() will be asked for
  std::uint64_t seed = 1;      // the same seed and data give the same numbers
};

// Made once per series, then asked. Immutable afterwards, so any thread may ask.
class StudentisedBootstrap {
 public:
  // With fewer trials, resampling has too few outcomes, and Student's t covers better (docs/statistics.md).
  static constexpr std::size_t kLeastTrials = 6;
  // With more, the mean is as good as normal: Student's t says the same, and at once.
  static constexpr std::size_t kMostTrials = 100;

  // Wants kLeastTrials to kMostTrials trials with slices in each, all finite, and trial means that are not
  // all equal (a series without spread has no t statistic). Unavailable otherwise.
  static std::optional<StudentisedBootstrap> make(std::span<const Slices> trials,
                                                  const BootstrapOptions& options);

  // What |t| stays below at this level; unavailable if too few replicates lie beyond it to know.
  [[nodiscard]] std::optional<double> critical(double level) const;

  // How often |t| is at least this: in (0, 1], never 0.
  [[nodiscard]] double p_value(double t) const;

  [[nodiscard]] std::size_t replicates() const noexcept { return sorted_.size(); }

 private:
  explicit StudentisedBootstrap(std::vector<double> sorted) : sorted_(std::move(sorted)) {}
  std::vector<double> sorted_;  // |t| of every replicate, ascending; infinite where a replicate has no spread
};

}  // namespace baton::stats
