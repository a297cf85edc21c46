#include "harness/stats/resolution.hpp"

#include <algorithm>

namespace baton::stats {

std::vector<std::optional<Resolution>> resolutions_from(std::span<const std::vector<Slices>> same_pairs,
                                                        const FamilyOptions& options) {
  std::vector<std::optional<Resolution>> resolutions;
  for (const std::optional<Comparison>& pair : compare_family(same_pairs, options)) {
    std::optional<Resolution>& resolution = resolutions.emplace_back();
    if (!pair) continue;
    const Interval& interval = pair->alone.log_interval;
    resolution = {.log = std::max(std::fabs(interval.low), std::fabs(interval.high)),
                  .biased = !pair->simultaneous_log.contains(0)};
  }
  return resolutions;
}

}  // namespace baton::stats
