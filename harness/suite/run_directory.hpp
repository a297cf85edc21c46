// A run's directory: plan.json, environment.json, counts.json, trials.jsonl, summary.json and log.txt. What
// was finished stays, whatever happens later.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/net/fd.hpp"
#include "harness/suite/plan.hpp"
#include "harness/suite/shared_parts.hpp"

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

  // The records of a trial, a whole line each, on the disk before this returns.
  void append(const std::vector<nlohmann::json>& records);
  // To environment.json, what the machine's steps cost as this session begins.
  void note_costs(nlohmann::json costs);
  // To counts.json, exact counts of the run's cells (run_counts.hpp).
  void note_counts(const nlohmann::json& counts);
  // environment.json's `costs` so far.
  [[nodiscard]] const nlohmann::json& costs() const noexcept { return shared_.costs(); }
  void log(const std::string& line);
  // The last thing: writes summary.json and compresses the records; nothing can be appended any more.
  void finish(const nlohmann::json& summary);

 private:
  RunDirectory(std::filesystem::path path, Plan plan);
  void lock();
  void open_files();
  void drop_cut_line();
  void write_environment();

  std::filesystem::path path_;
  Plan plan_;
  SharedParts shared_;
  net::Fd lock_;
  net::Fd trials_;
  net::Fd log_;
};

// The `cells` of a directory's counts.json and the `costs` of its environment.json; null where there are
// none. Throw BadInput for a file that cannot be read.
nlohmann::json read_counts(const std::filesystem::path& directory);
nlohmann::json read_costs(const std::filesystem::path& directory);

// The run's plan; throws BadInput if it cannot be read. None: the directory has none, as kept results may.
std::optional<Plan> read_plan(const std::filesystem::path& directory);

// The whole file or none, on the disk before this returns. Throws std::system_error.
void write_whole(const std::filesystem::path& file, const std::string& text);

}  // namespace baton::suite
