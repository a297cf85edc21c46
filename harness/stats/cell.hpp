// What is said about one cell by itself, from one number per trial. The unit is that of the values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/stats/interval.hpp"
#include "harness/stats/modes.hpp"

namespace baton::stats {

struct CellSummary {
  std::size_t trials = 0;
  double least = 0;
  double median = 0;
  double greatest = 0;
  std::optional<Interval> median_interval;  // unavailable for one trial; its level says what was attained
  std::optional<double> mean;               // unavailable if the cell has two modes
  std::optional<ModeTest> modes;            // unavailable for fewer than kLeastForModes trials
};

struct CellOptions {
  double level = 0.95;
  ModeOptions modes;
};

// Unavailable for no values or values that are not finite.
std::optional<CellSummary> summarize_cell(std::span<const double> values, const CellOptions& options);

}  // namespace baton::stats
