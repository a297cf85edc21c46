// Workload files: workloads/NAME.toml, a trial's settings under a name that says what question they answer.
//
//   name = "handoff_all"              # the file's stem
//   title = "every response is handed to a fetch worker"
//   question = "What does a handoff cost when every response takes one?"
//   expect = "A buffer moves, and housekeeping moves one back."
//   [handoff]
//   ratio = 1.0
//   ...
// with the sections and keys of settings() (setting.hpp). What a file does not set keeps the default of
// TrialConfig.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/trial/config.hpp"

namespace baton::trial {

struct Workload {
  std::string name;
  std::string title;
  std::string question,
      expect;  // what it asks, and what one would expect and why; for the report, may be empty
  std::filesystem::path file;
  TrialConfig config;  // without a strategy
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
