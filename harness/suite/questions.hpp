// Which cells are compared with which, and the numbers that a comparison is made from.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/stats/bootstrap.hpp"
#include "harness/suite/evidence.hpp"
#include "harness/suite/policy.hpp"
#include "harness/suite/regimes.hpp"

namespace baton::suite {

// Indices into Evidence::cells().
struct Question {
  std::size_t candidate = 0;
  std::size_t baseline = 0;
  std::size_t axis = 0;  // index into the baselines
};

// Every cell against the one that has the baseline's value on an axis and equals it in all else. The second
// names of baseline cells are not asked about.
std::vector<Question> questions_of(const Evidence& evidence, const std::vector<Baseline>& baselines);

// Cells that ran under two names (A/A): baseline is the first name, candidate the second.
std::vector<Question> same_pairs_of(const Evidence& evidence);

// Of a run whose plan names none: the strategy `heap`, which is what one does without thinking, or the first
// cell's; and the first cell's allocator where there are several. `values` are the cells' configurations.
std::vector<Baseline> default_baselines(const std::vector<nlohmann::json>& configurations);

// Log ratios candidate / baseline of the rounds in which both have a clean trial in that regime, in the order
// of the rounds. Trials that alternated in one process give a ratio per slice, all others one.
std::vector<stats::Slices> paired_log_ratios(const CellEvidence& candidate, const CellEvidence& baseline,
                                             std::size_t metric, const Regimes& regimes, std::size_t regime);

}  // namespace baton::suite
