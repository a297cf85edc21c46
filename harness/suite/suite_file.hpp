// Suite files: workloads/suites/NAME.toml, a plan for many trials.
//
// clang-format off
//   name = "quick"                 # the file's stem
//   title = "what it answers"
//   trials = 5                     # timed ones, of each cell; the least if a precision is wanted
//   seed = 1
//   budget_s = 3600                # optional: no round begins that would end later
//   counts = true                  # optional: cells in memory are counted before anything is timed (run_counts.hpp)
//   patience_s = 45                # optional: a trial's process that needs so much longer than its phases is ended
//   again = true                   # optional: every baseline cell runs twice (A/A); true unless it is set
//   include = ["other.toml"]       # optional: the cells of other suites, beside this file
//   [baseline]                     # optional: what ratios are ratios to; a setting and its value, or strategy
//   strategy = "heap"
//   [set]                          # optional: for all cells of this file that do not set it themselves
//   "trial.measure_s" = 0.5
//   [precision]                    # optional: rounds go on until every ratio is known that well
//   half_width = 0.02
//   metrics = ["throughput", "cpu"]
//   most_rounds = 60
//   [quarantine]                   # optional: the rules that differ from the usual ones (quarantine.hpp)
//   others_cores = 0.5
//   [[cells]]                      # every strategy x every workload x every value
//   strategies = ["all"]           # or a group of the registry ("proposal", "servers"), or "adapters"
//   exclude = ["heap"]             # optional: of the strategies
//   workloads = ["handoff_ratio", "small_bodies"]         # or ["all"]
//   threads = [1, 2, 4]            # optional: client workers, and as many fetch workers
//   allocators = ["glibc", "jemalloc:dirty_decay_ms=0"]  # optional, as for --allocator
//   trials = 3                     # optional: takes part in the first rounds only
//   [cells.set]                    # optional: a setting ("section.key", as in workload files), its value or values
//   "handoff.ratio" = [0.0, 0.5, 1.0]
//   "trial.measure_s" = 0.5
//   [[exclude]]                    # optional: cells that match everything in the block are left out
//   strategies = ["workspace_wait"]
//   workloads = ["read_ahead"]
//   set = { "handoff.ratio" = [0.0] }
// clang-format on
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/suite/machine_fit.hpp"
#include "harness/suite/plan.hpp"
#include "harness/trial/setting.hpp"
#include "harness/trial/workload.hpp"

namespace baton::suite {

// A setting that takes several values in turn; together with others if they always have the same value
// (threads).
struct Axis {
  const trial::Setting* setting;
  std::vector<trial::Value> values;
  const trial::Setting* together = nullptr;
};

// Every strategy x workload x value, fitted to the machine if `fit` is given. An axis takes the place of the
// workload's own sweep of that setting. Throws BadInput for a combination that makes no sense (trial::check).
std::vector<AskedCell> make_cells(const std::vector<std::string>& strategies,
                                  const std::vector<trial::Workload>& workloads,
                                  const std::vector<Axis>& axes, MachineFit* fit = nullptr);

// The cells with these settings instead of their own; each once.
std::vector<AskedCell> with_axes(const std::vector<AskedCell>& cells, const std::vector<Axis>& axes);

// A path, or the name of a suite that comes with the workloads. Throws BadInput with what there is.
std::filesystem::path find_suite(const std::string& given, const std::string& workload_directory);

// Reads a suite for a machine; `out` of the request is left empty. Throws BadInput: "FILE:LINE: what is
// wrong; what is valid".
RunRequest read_suite(const std::filesystem::path& file, const std::vector<trial::Workload>& workloads,
                      const Machine& machine = this_machine());

// What "strategy" or a setting's "section.key" is called in a record's configuration, and its value. Throws
// BadInput.
Baseline baseline_named(const std::string& name, const std::string& value);

}  // namespace baton::suite
