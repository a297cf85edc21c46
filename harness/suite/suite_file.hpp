// Suite files: workloads/suites/NAME.toml, a plan for many trials.
//
//   name = "quick"                 # the file's stem
//   title = "what it answers"
//   trials = 5                     # timed ones, of each cell
//   seed = 1
//   [[cells]]                      # every strategy x every workload x every value
//   strategies = ["all"]
//   exclude = ["heap"]             # optional
//   workloads = ["no_handoff", "handoff_all"]
//   allocators = ["glibc", "jemalloc:dirty_decay_ms=0"]  # optional, as for --allocator
//   [cells.set]                    # optional: a setting ("section.key", as in workload files) and its value
//   or values "handoff.ratio" = [0.0, 0.5, 1.0] "trial.measure_s" = 0.5
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/suite/plan.hpp"
#include "harness/trial/setting.hpp"
#include "harness/trial/workload.hpp"

namespace baton::suite {

// A setting that takes several values in turn.
struct Axis {
  const trial::Setting* setting;
  std::vector<trial::Value> values;
};

// Every strategy x workload x value. Throws BadInput for a combination that makes no sense (trial::check).
std::vector<trial::TrialConfig> make_cells(const std::vector<std::string>& strategies,
                                           const std::vector<trial::Workload>& workloads,
                                           const std::vector<Axis>& axes);

// Reads a suite; `out` of the request is left empty. Throws BadInput: "FILE:LINE: what is wrong; what is
// valid".
RunRequest read_suite(const std::filesystem::path& file, const std::vector<trial::Workload>& workloads);

}  // namespace baton::suite
