// When a run whose number of rounds is not fixed knows enough.
#pragma once

#include "harness/stats/precision.hpp"
#include "harness/suite/evidence.hpp"
#include "harness/suite/plan.hpp"

namespace baton::suite {

// After a round of a plan that wants a precision: every ratio to its baseline, of every metric the plan
// names, in the regime with the most trials. Looks at the scatter only, never at an estimate.
stats::Next next_round(const Evidence& evidence, const Plan& plan);

}  // namespace baton::suite
