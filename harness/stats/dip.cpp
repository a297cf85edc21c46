#include "harness/stats/dip.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "harness/stats/random.hpp"

namespace baton::stats {
namespace {

struct Step {
  double x = 0;
  double below = 0;    // the empirical distribution just left of x ...
  double through = 0;  // ... and at x
};

std::vector<Step> empirical(std::span<const double> sorted) {
  std::vector<Step> steps;
  const auto n = static_cast<double>(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double through = static_cast<double>(i + 1) / n;
    if (!steps.empty() && steps.back().x == sorted[i]) {
      steps.back().through = through;
    } else {
      steps.push_back({sorted[i], static_cast<double>(i) / n, through});
    }
  }
  return steps;
}

// The corners of the hull of (x, y) over steps[low..high]: the greatest convex minorant, or the least concave
// majorant.
template <class Height>
std::vector<std::size_t> hull(std::span<const Step> steps, std::size_t low, std::size_t high, Height height,
                              bool convex) {
  std::vector<std::size_t> corners;
  for (std::size_t i = low; i <= high; ++i) {
    while (corners.size() >= 2) {
      const Step& a = steps[corners[corners.size() - 2]];
      const Step& b = steps[corners.back()];
      const double turn =
          (height(b) - height(a)) * (steps[i].x - a.x) - (height(steps[i]) - height(a)) * (b.x - a.x);
      if (convex ? turn < 0 : turn > 0) break;  // b is a corner
      corners.pop_back();
    }
    corners.push_back(i);
  }
  return corners;
}

// The hull's height above every step of low..high, by linear interpolation between its corners.
template <class Height>
std::vector<double> heights(std::span<const Step> steps, const std::vector<std::size_t>& corners,
                            Height height) {
  std::vector<double> values{height(steps[corners.front()])};
  for (std::size_t c = 0; c + 1 < corners.size(); ++c) {
    const Step& a = steps[corners[c]];
    const Step& b = steps[corners[c + 1]];
    for (std::size_t i = corners[c] + 1; i <= corners[c + 1]; ++i) {
      values.push_back(std::lerp(height(a), height(b), (steps[i].x - a.x) / (b.x - a.x)));
    }
  }
  return values;
}

double below(const Step& step) noexcept { return step.below; }
double through(const Step& step) noexcept { return step.through; }

// One step of the search: the modal interval low..high is narrowed to where minorant and majorant are
// farthest apart.
struct Narrowing {
  double gap = 0;  // greatest distance between the two hulls
  std::size_t low = 0;
  std::size_t high = 0;
  double outside =
      0;  // greatest distance of the hulls from the distribution left and right of the new interval
};

Narrowing narrow(std::span<const Step> steps, std::size_t low, std::size_t high) {
  const std::vector<std::size_t> under = hull(steps, low, high, below, true);
  const std::vector<std::size_t> over = hull(steps, low, high, through, false);
  const std::vector<double> minorant = heights(steps, under, below);
  const std::vector<double> majorant = heights(steps, over, through);

  Narrowing result;
  for (const std::size_t corner : under) {
    const double gap = majorant[corner - low] - minorant[corner - low];
    if (gap <= result.gap) continue;
    result.gap = gap;
    result.low = corner;
    result.high = *std::lower_bound(over.begin(), over.end(), corner);
  }
  for (const std::size_t corner : over) {
    const double gap = majorant[corner - low] - minorant[corner - low];
    if (gap <= result.gap) continue;
    result.gap = gap;
    result.high = corner;
    result.low = *(std::upper_bound(under.begin(), under.end(), corner) - 1);
  }
  for (std::size_t i = low; i <= result.low; ++i) {
    result.outside = std::max(result.outside, steps[i].through - minorant[i - low]);
  }
  for (std::size_t i = result.high; i <= high; ++i) {
    result.outside = std::max(result.outside, majorant[i - low] - steps[i].below);
  }
  return result;
}

// `count` sorted uniform values without sorting: sums of exponential gaps, up to a factor the dip does not
// see.
void draw_sorted_uniform(std::vector<double>& values, Random& random) {
  double sum = 0;
  for (double& value : values) {
    sum -= std::log(random.uniform());
    value = sum;
  }
}

}  // namespace

double dip_statistic(std::span<const double> sorted) {
  const std::vector<Step> steps = empirical(sorted);
  if (steps.size() < 2) return 0;
  std::size_t low = 0;
  std::size_t high = steps.size() - 1;
  double twice =
      0;  // the band of this height around the distribution holds a single-mode one outside low..high
  for (;;) {
    const Narrowing next = narrow(steps, low, high);
    if (next.gap <= twice) break;
    twice = std::max(twice, next.outside);
    if (next.low == low && next.high == high) break;
    low = next.low;
    high = next.high;
  }
  return twice / 2;
}

namespace {

// Dips of `count` values of a uniform distribution, sorted.
std::vector<double> simulate_dips(std::size_t count, std::uint64_t seed) {
  constexpr std::size_t kReplicates = 1999;
  Random random(seed);
  std::vector<double> values(count);
  std::vector<double> dips(kReplicates);
  for (double& dip : dips) {
    draw_sorted_uniform(values, random);
    dip = dip_statistic(values);
  }
  std::sort(dips.begin(), dips.end());
  return dips;
}

// The cells of a run have few different numbers of trials: what was simulated for one serves all.
const std::vector<double>& dips_of(std::size_t count, std::uint64_t seed) {
  constexpr std::size_t kMostKept = 64;
  thread_local std::map<std::pair<std::size_t, std::uint64_t>, std::vector<double>> kept;
  const auto found = kept.find({count, seed});
  if (found != kept.end()) return found->second;
  if (kept.size() == kMostKept) kept.clear();
  return kept.emplace(std::pair(count, seed), simulate_dips(count, seed)).first->second;
}

}  // namespace

double dip_p_value(double dip, std::size_t count, std::uint64_t seed) {
  constexpr std::size_t kLargest = 200;
  const std::size_t simulated = std::min(count, kLargest);
  const double scaled =
      dip * std::sqrt(static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(simulated, 1)));
  const std::vector<double>& dips = dips_of(simulated, seed);
  const auto beyond = dips.end() - std::lower_bound(dips.begin(), dips.end(), scaled);
  return static_cast<double>(beyond + 1) / static_cast<double>(dips.size() + 1);
}

}  // namespace baton::stats
