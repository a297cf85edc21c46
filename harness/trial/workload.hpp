// Workload files: workloads/NAME.toml, a trial's settings under a name that says what question they answer.
//
//   name = "handoff_ratio"            # the file's stem
//   title = "none to all of the responses are handed to a fetch worker"
//   question = "From which share of handoffs on does a strategy stop paying?"
//   source = "varnish-dev, November 2011"   # of the idea
//   metrics = ["throughput", "cpu"]         # that expose the difference, and are compared; none: the usual
//   ones [handoff] ratio = [0.0, 0.5, 1.0]                 # a value, or a sweep: several in turn
//   ...
//   [[expect]]                              # what one would expect of a run (harness/suite/expectations.hpp)
// with the sections and keys of settings() (setting.hpp). What a file does not set keeps the default of
// TrialConfig.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/trial/config.hpp"
#include "harness/trial/setting.hpp"

namespace baton::trial {

// A setting that a workload takes at several values in turn.
struct Sweep {
  const Setting* setting;
  std::vector<Value> values;  // at least two, none twice
};

struct Workload {
  std::string name;
  std::string title;
  std::string question, source;  // what it asks, and where the idea comes from; may be empty
  std::vector<std::string>
      metrics;  // that expose the difference (harness/suite/metrics.hpp); empty: the usual ones
  std::filesystem::path file;
  TrialConfig config;  // without a strategy; where there is a sweep, its first value
  std::vector<Sweep> sweeps = {};
};

// Where workload files are: `given` if it is not empty, else the source tree's or installed directory this
// program was built with, else ../../workloads or ../share/baton/workloads beside the program. Throws
// BadInput naming what was tried.
std::filesystem::path workload_directory(const std::string& given);

// All of a directory by name. Throws BadInput: "FILE:LINE: what is wrong; what is valid".
std::vector<Workload> read_workloads(const std::filesystem::path& directory);
Workload read_workload(const std::filesystem::path& file);
// The workload of that name, or throws BadInput with the valid ones and the nearest.
const Workload& find_workload(const std::vector<Workload>& workloads, std::string_view name);

}  // namespace baton::trial
