// Which cells are compared with which, and the numbers that a comparison is made from.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
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

// What the rounds say in which two cells both have a clean trial, in the order of the rounds. Trials that
// alternated in one process give a ratio per pair of turns that saw the same machine, in that regime, and a
// unit per seating; all others give one ratio, if both ran in that regime.
struct PairedRatios {
  std::vector<stats::Slices> units;  // log ratios candidate / baseline; what inference counts
  std::size_t rounds = 0;            // that they come from
  std::size_t turns = 0;             // pairs of turns, in whatever regime
  std::size_t dropped = 0;           // of these: the machine changed from the one to the other
  // Which copies of its code (harness/trial/code_copies.hpp) each side ran.
  std::set<std::uint32_t> candidate_copies;
  std::set<std::uint32_t> baseline_copies;

  // Rounds that hold so many units, rounded up: trials go on having as many.
  [[nodiscard]] std::size_t rounds_of(std::size_t wanted_units) const noexcept {
    return units.empty() ? wanted_units : (wanted_units * rounds + units.size() - 1) / units.size();
  }
  // Places of code that either side was seen at: at least one.
  [[nodiscard]] std::size_t copies() const noexcept {
    return std::max<std::size_t>(1, std::min(candidate_copies.size(), baseline_copies.size()));
  }
};
PairedRatios paired_log_ratios(const CellEvidence& candidate, const CellEvidence& baseline,
                               std::size_t metric, const Regimes& regimes, std::size_t regime);

}  // namespace baton::suite
