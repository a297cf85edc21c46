// Effect sizes beside the ratio itself: how far two cells' trials overlap, whatever their unit.
#pragma once

#include <optional>
#include <span>

namespace baton::stats {

// Cliff's delta (Cliff 1993): how much more often a trial of the candidate lies above one of the baseline
// than below, in [-1, 1]; 0 when they overlap evenly, 1 when every candidate trial is the greater. Ties count
// for neither. Unavailable if one side is empty or a value is not finite.
std::optional<double> cliffs_delta(std::span<const double> baseline, std::span<const double> candidate);

}  // namespace baton::stats
