// What a run promises before its first trial. It is written into plan.json, so that no rule can be chosen
// after its results were seen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/quarantine.hpp"

namespace baton::suite {

// What ratios are ratios to: the cell that has this value on this axis and equals the other one in all else.
struct Baseline {
  std::string axis;  // JSON pointer into a record's configuration: /strategy, /allocator, /handoff/ratio
  nlohmann::json value;
};

// Rounds go on until every ratio to the baseline is known this well, with the level of all of them together
// (docs/statistics.md, "Stopping").
struct Precision {
  double half_width = 0;  // of the ratio's interval, relative: 0.02 is 2 %; 0 = the number of rounds is fixed
  std::vector<std::string> metrics = {"throughput", "cpu"};  // names in metrics.hpp
  std::uint32_t most_rounds = 60;
};

struct Policy {
  std::vector<Baseline> baselines;
  bool again = true;  // A/A: every baseline cell runs twice, under two names
  QuarantineRules quarantine;
  Precision precision;
  double budget_s = 0;     // no further round begins that would end later than that; 0 = no limit
  bool counts = false;     // cells in memory are counted, too (run_counts.hpp)
  double patience_s = 45;  // a trial's process that needs so much longer than its phases is ended
};

nlohmann::json to_json(const Policy& policy);
Policy policy_from_json(const nlohmann::json& json);

}  // namespace baton::suite
