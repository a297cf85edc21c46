// What a run will do: cells, and their trials in the order in which they happen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/trial/config.hpp"
#include "harness/trial/trial.hpp"

namespace baton::suite {

// What the user asked for, whether in a suite file or on the command line.
struct RunRequest {
  std::string suite;  // its name; empty for cells given on the command line
  std::vector<trial::TrialConfig> cells;
  std::uint32_t trials = 3;  // timed ones, of each cell
  std::uint64_t seed = 1;    // of the order and of the trials
  std::string out;           // the run directory; must not hold a run yet
};

struct Plan {
  std::string run_id;
  std::string suite;
  std::uint64_t seed = 1;
  std::vector<trial::TrialSpec> trials;
};

// A cell is verified first. The timed trials follow in rounds: each holds every cell once, in an order of its
// own. Cells that are sliced (trial.slice_ms) and differ in the strategy only share a process.
Plan make_plan(const RunRequest& request);

// Names a cell by strategy, workload and what differs from the workload's other cells in the request.
std::vector<std::string> cell_ids(const std::vector<trial::TrialConfig>& cells);

nlohmann::json to_json(const Plan& plan);
Plan plan_from_json(const nlohmann::json& json);

}  // namespace baton::suite
