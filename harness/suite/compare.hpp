// Two runs, cell by cell: what became slower?
//
// Two runs do not share their rounds, and a machine drifts between them by more than the differences that
// matter. So what is compared is, where there is one, the ratio to the baseline cell, whose rounds each run
// does share: a difference of differences. The figures themselves stand beside it and decide where there is
// no baseline, or when that is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"
#include "harness/suite/policy.hpp"

namespace baton::suite {

struct RunToCompare {
  const Evidence& evidence;
  std::vector<Baseline> baselines;  // of its plan; empty: default_baselines
  std::string name;                 // its directory
};

struct CompareOptions {
  double threshold = 0.03;  // relative; what is no worse than that is no regression
  bool absolute = false;    // the figures decide, not their ratios to the baseline
  std::vector<std::string> metrics = {"throughput", "cpu"};
  double level = 0.95;  // of all comparisons of one metric together
  std::uint64_t seed = 1;
};

// {"differences": {environment, build, ...}, "only_in_old", "only_in_new", "comparisons": [...],
// "regressions": N, ...}. Throws BadInput if the runs have no cell in common.
nlohmann::json compare(const RunToCompare& old_run, const RunToCompare& new_run,
                       const CompareOptions& options);

// For a terminal, for a merge request, and as a page that needs no other file.
std::string text_of(const nlohmann::json& comparison);
std::string markdown_of(const nlohmann::json& comparison);
std::string html_of(const nlohmann::json& comparison);

}  // namespace baton::suite
