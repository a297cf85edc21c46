// A confidence interval, in the unit of what it is an interval of.
#pragma once

namespace baton::stats {

struct Interval {
  double low = 0;
  double high = 0;
  double level =
      0;  // how often it holds the truth: what was attained, which can differ from what was asked for

  [[nodiscard]] constexpr bool contains(double value) const noexcept { return low <= value && value <= high; }
  [[nodiscard]] constexpr double half_width() const noexcept { return (high - low) / 2; }
};

}  // namespace baton::stats
