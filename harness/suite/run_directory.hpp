// A run's directory: plan.json, environment.json, trials.jsonl and log.txt. What was finished stays, whatever
// happens later.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/net/fd.hpp"
#include "harness/suite/plan.hpp"

namespace baton::suite {

// Locked while it is open: a second program on the same directory is refused. Throws BadInput where the user
// has to choose another place, std::system_error when a file cannot be written (a full disk).
class RunDirectory {
 public:
  // Makes the directory and writes the plan. Refused if there is a run in it already.
  static RunDirectory create(const std::filesystem::path& path, const Plan& plan);
  // Goes on with a run. A record that was cut off in the middle of its line is dropped.
  static RunDirectory resume(const std::filesystem::path& path);

  [[nodiscard]] const Plan& plan() const noexcept { return plan_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path trials_file() const { return path_ / "trials.jsonl"; }
  [[nodiscard]] const std::set<std::string>& finished() const noexcept { return finished_; }  // trial_ids

  // A whole line, on the disk before this returns.
  void append(const nlohmann::json& record);
  void log(const std::string& line);

 private:
  RunDirectory(std::filesystem::path path, Plan plan);
  void lock();
  void open_files();
  void read_finished();

  std::filesystem::path path_;
  Plan plan_;
  std::set<std::string> finished_;
  net::Fd lock_;
  net::Fd trials_;
  net::Fd log_;
};

// All records of a run. Throws BadInput if there are none to read; a last line that was cut off is left out.
std::vector<nlohmann::json> read_records(const std::filesystem::path& trials_file);

}  // namespace baton::suite
