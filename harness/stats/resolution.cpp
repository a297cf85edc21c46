#include "harness/stats/resolution.hpp"

#include <algorithm>
#include <vector>

#include "harness/stats/comparisons.hpp"

namespace baton::stats {

std::optional<Resolution> resolution_from(std::span<const std::vector<Slices>> same_pairs,
                                          const RatioOptions& options) {
  Resolution resolution;
  const std::vector<std::optional<Spread>> common(same_pairs.size(), options.common);
  for (const std::optional<Comparison>& pair :
       compare_family(same_pairs, {.level = options.level, .seed = options.seed, .common = common})) {
    if (!pair) continue;
    const Interval& interval = pair->alone.log_interval;
    resolution.log = std::max({resolution.log, std::fabs(interval.low), std::fabs(interval.high)});
    resolution.biased = resolution.biased || !pair->simultaneous_log.contains(0);
    ++resolution.pairs;
  }
  if (resolution.pairs == 0) return std::nullopt;
  return resolution;
}

}  // namespace baton::stats
