// Many questions in one run: correction for their number.
//
// Twenty comparisons of equal programs, each at 95 %, call a difference in two runs of three. A family is the
// set of questions a reader looks through for "what differs": all comparisons of one summary, unless the plan
// says otherwise before the run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/stats/ratio.hpp"

namespace baton::stats {

// The level each of `questions` intervals needs so that all of them together hold the truth at `level`,
// whatever the dependence between them (Bonferroni). questions >= 1.
double simultaneous_level(double level, std::size_t questions) noexcept;

// Holm's step-down adjustment (Holm 1979): calling "different" where the adjusted value is at most alpha errs
// in at most alpha of the runs, whatever the dependence. In the order given; unavailable if a value is
// outside [0, 1].
std::optional<std::vector<double>> holm(std::span<const double> p_values);

struct Comparison {
  Ratio alone;                // as if it were the only question: interval at the family's level
  Interval simultaneous_log;  // natural logarithm; what decisions are made from
  Method simultaneous_method = Method::bootstrap;
  double p_holm = 1;
};

struct FamilyOptions {
  double level = 0.95;  // for the whole family
  std::uint64_t seed = 1;
  // For each series, what the questions of its kind have in common (common_spread); empty: nothing.
  std::span<const std::optional<Spread>> common = {};
};

// One entry per series of log ratios (ratio.hpp). A series that has no ratio gives an empty entry and does
// not count in the correction: it can not be called different.
std::vector<std::optional<Comparison>> compare_family(std::span<const std::vector<Slices>> family,
                                                      const FamilyOptions& options);

}  // namespace baton::stats
