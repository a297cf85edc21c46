// Commands that read what a run has left.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/suite/evidence.hpp"
#include "harness/suite/policy.hpp"

namespace baton::cli {

struct LeftByRun {
  suite::Evidence evidence;
  std::vector<suite::Baseline> baselines;  // of its plan
  std::uint64_t seed = 1;
  std::map<std::string, std::vector<std::string>> asks;  // asks_of() it
  std::vector<std::string> fallbacks;                    // of its plan
  nlohmann::json counts, costs;                          // as SummaryOptions has them
};

// Throws BadInput if there is no run in the directory.
LeftByRun read_run(const std::string& directory);

// Its summary (results/summary-schema.json), made from the trials as they are now.
nlohmann::json summary_of(const LeftByRun& left);

// "3%" or "0.03". Throws BadInput that names the option.
double share_given(const std::string& option, const std::string& text);

}  // namespace baton::cli
