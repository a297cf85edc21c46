// Resolution: the ratio that equal programs showed today, below which nothing is called different.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>

#include "harness/stats/ratio.hpp"

namespace baton::stats {

struct Resolution {
  double log = 0;         // natural logarithm of the ratio, >= 0
  std::size_t pairs = 0;  // A/A pairs it comes from
  bool biased =
      false;  // an A/A interval (corrected for their number) does not contain 1: something favours one name

  [[nodiscard]] double percent() const noexcept { return std::expm1(log) * 100; }
};

// From series of log ratios between a cell and itself under another name (A/A), in rounds like all others:
// the end of their intervals that is farthest from 1. So it holds what noise leaves open at this number of
// rounds and what bias there may be. Give the pairs whose noise the questions share: the resolution of a
// noisy workload says nothing about a quiet one; options.common is that of their kind. Unavailable if no pair
// has a ratio: without A/A nothing may be called different.
std::optional<Resolution> resolution_from(std::span<const std::vector<Slices>> same_pairs,
                                          const RatioOptions& options);

}  // namespace baton::stats
