// Mean and standard deviation, in two passes: values of a trial differ by a few per cent of themselves.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace baton::stats {

// 0 for no values; callers that can meet none ask first.
double mean(std::span<const double> values) noexcept;

// The mean of the middle half (the interquartile mean); of fewer than three values their mean. A trial's
// number from its slices: what the host takes from one slice in ten is no property of either cell, and a cost
// that comes in more than a quarter of the slices still counts. Partly trimmed values count in part: of three
// the outer ones to a quarter each.
double midmean(std::span<const double> values);

// The mean without the outermost fifth on each side, and what Student's t takes for it (Tukey and McLaughlin
// 1963, Yuen 1974): `variance` is the number of values times the square of its standard error, from the
// winsorized variance, and comparable to the variance of values without outliers.
struct TrimmedMean {
  double mean = 0;
  double variance = 0;
  double degrees = 0;
};
// Unavailable for fewer than five values (nothing to trim).
std::optional<TrimmedMean> trimmed_mean(std::span<const double> values);

// With n - 1 in the denominator; 0 for fewer than two values.
double standard_deviation(std::span<const double> values) noexcept;

// False for NaN and infinities, which no function of this folder takes or returns.
bool all_finite(std::span<const double> values) noexcept;

}  // namespace baton::stats
