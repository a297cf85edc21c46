// Resolution: the ratio that equal programs showed today, below which nothing is called different.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "harness/stats/comparisons.hpp"

namespace baton::stats {

struct Resolution {
  double log = 0;  // natural logarithm of the ratio, >= 0
  // The A/A interval, corrected for the number of pairs, does not contain 1: something favours one name.
  bool biased = false;

  [[nodiscard]] double percent() const noexcept { return std::expm1(log) * 100; }
};

// From series of log ratios between a cell and itself under another name (A/A), in rounds like all others:
// for each the end of its interval that is farthest from 1. So it holds what noise leaves open at this number
// of rounds and what bias there may be; it is for questions that share the pair's noise, because the
// resolution of a noisy workload says nothing about a quiet one. Unavailable for a pair that has no ratio:
// without A/A nothing may be called different.
std::vector<std::optional<Resolution>> resolutions_from(std::span<const std::vector<Slices>> same_pairs,
                                                        const FamilyOptions& options);

}  // namespace baton::stats
