// What two runs differ in before any figure is looked at.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"

namespace baton::suite {

// A list of {where: environment | build | configuration, what, old, new}. What changes from minute to minute
// (load, free memory) is left out; of configurations, each difference once.
nlohmann::json differences_between(const Evidence& old_run, const Evidence& new_run);

}  // namespace baton::suite
