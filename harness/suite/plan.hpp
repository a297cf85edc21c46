// What a run will do: cells, and their trials in the order in which they happen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/expectations.hpp"
#include "harness/suite/policy.hpp"
#include "harness/trial/config.hpp"
#include "harness/trial/trial.hpp"

namespace baton::suite {

struct AskedCell {
  trial::TrialConfig config;
  std::uint32_t trials = 0;            // takes part in so many rounds at most; 0 = in all
  std::vector<std::string> asks = {};  // metrics it is there for, names in metrics.hpp; empty: all
};

// What the user asked for, whether in a suite file or on the command line.
struct RunRequest {
  std::string suite;  // its name; empty for cells given on the command line
  std::vector<AskedCell> cells;
  std::uint32_t trials = 3;                    // timed ones, of each cell; the least if a precision is wanted
  std::uint64_t seed = 1;                      // of the order and of the trials
  Policy policy;                               // without baselines: default_baselines (questions.hpp)
  std::vector<std::string> fallbacks = {};     // MachineFit::sentences
  std::vector<Expectation> expectations = {};  // of the cells' workloads
  std::string out;                             // the run directory; must not hold a run yet
};

struct PlannedCell {
  std::string id;
  trial::TrialConfig config;
  // Runs a second time under another name, id + kAgain, to show what equal cells differ by (A/A).
  bool again = false;
  std::uint32_t rounds = 0;            // takes part in the first so many; 0 = in all
  std::vector<std::string> asks = {};  // metrics that are compared; empty: all

  [[nodiscard]] bool takes_part(std::uint32_t round) const noexcept { return rounds == 0 || round <= rounds; }
};

struct Plan {
  std::string run_id;
  std::string suite;
  std::uint64_t seed = 1;
  std::uint32_t rounds = 3;  // the least if a precision is wanted
  Policy policy;
  std::vector<std::string> fallbacks =
      {};  // of the suite, where the machine is not as it supposes; sentences
  std::vector<Expectation> expectations = {};
  std::vector<PlannedCell> cells;  // second names among them, right behind the first
};

// Throws BadInput if a baseline or an axis makes no sense for these cells.
Plan make_plan(const RunRequest& request);

// The verification trials, one per cell (not of second names).
std::vector<trial::TrialSpec> verification_of(const Plan& plan);
// The timed trials of a round (from 1): each cell that takes part once, in an order of the round's own. Cells
// that are sliced (trial.slice_ms) and differ in the strategy only share a trial. The same plan and round
// give the same trials.
std::vector<trial::TrialSpec> round_of(const Plan& plan, std::uint32_t round);
// The same trial once more, after it was quarantined: attempt 1, 2, ...
trial::TrialSpec rerun_of(const trial::TrialSpec& spec, std::uint32_t attempt);

// Names a cell by strategy, workload and what differs from the workload's other cells in the request.
std::vector<std::string> cell_ids(const std::vector<AskedCell>& cells);

nlohmann::json to_json(const Plan& plan);
Plan plan_from_json(const nlohmann::json& json);

}  // namespace baton::suite
