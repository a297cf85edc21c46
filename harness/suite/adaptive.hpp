// Which round comes next in a run whose number of rounds is not fixed.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "harness/stats/precision.hpp"
#include "harness/suite/evidence.hpp"
#include "harness/suite/plan.hpp"

namespace baton::suite {

struct NextRound {
  stats::Next what = stats::Next::another_round;
  std::set<std::string> cells;  // that take part, by cell_id
  std::size_t questions = 0;    // that further rounds are for, answered or not
};

// After a round of a plan that wants a precision. Looks at the scatter only, never at an estimate: every
// ratio to its baseline and of A/A, of every metric the plan names, in the regime with the most trials. Cells
// that are compared with each other take part together. Once all have had the plan's rounds, a round is for
// those alone that are nearest to the precision wanted without having it.
NextRound next_round(const Evidence& evidence, const Plan& plan);

// The cells that one takes part together with, itself among them.
std::set<std::string> compared_with(const Evidence& evidence, const Plan& plan, const std::string& cell_id);

}  // namespace baton::suite
