// Mean and standard deviation, in two passes: values of a trial differ by a few per cent of themselves.
#pragma once

#include <span>

namespace baton::stats {

// 0 for no values; callers that can meet none ask first.
double mean(std::span<const double> values) noexcept;

// With n - 1 in the denominator; 0 for fewer than two values.
double standard_deviation(std::span<const double> values) noexcept;

// False for NaN and infinities, which no function of this folder takes or returns.
bool all_finite(std::span<const double> values) noexcept;

}  // namespace baton::stats
