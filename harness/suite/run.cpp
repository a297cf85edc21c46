#include "harness/suite/run.hpp"

#include <chrono>
#include <csignal>
#include <iostream>
#include <set>
#include <string>

#include <fmt/format.h>

#include "harness/suite/child.hpp"
#include "harness/suite/table.hpp"
#include "harness/trial/record.hpp"
#include "harness/trial/set_up.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

// Verification is about counts, not times: shorter, and with the same number of threads.
constexpr double kVerifyMeasureS = 0.3;
constexpr double kVerifyRampS = 0.05;

std::chrono::seconds timeout_of(const trial::TrialConfig& config, std::size_t members) {
  constexpr double kSlack = 45;  // start, drain and reading the environment on a busy machine
  const double drain = static_cast<double>(config.pipeline.drain_timeout.count()) * 1e-3;
  constexpr double kBetweenSlices = 1.5;  // leads and rests
  const double turns = config.slice_ms == 0 ? 1 : kBetweenSlices * static_cast<double>(members);
  return std::chrono::seconds(static_cast<long>((config.ramp_s + config.measure_s) * turns + drain +
                                                config.body.pause_ms * 1e-3 + kSlack));
}

// A record for a process that left none: kept, so that nobody has to wonder where the trial is.
json record_of_failure(const trial::TrialSpec& spec, const std::string& started_at,
                       const ChildResult& child) {
  trial::Outcome outcome;
  outcome.faults.push_back("the trial's process " + child.failure);
  if (!child.messages.empty()) {
    outcome.faults.push_back("it said: " + child.messages.substr(0, 2000));
  }
  return trial::make_record(spec, started_at, outcome);
}

class Run {
 public:
  Run(RunDirectory directory, Verbosity verbosity)
      : directory_(std::move(directory)), verbosity_(verbosity) {}

  int all() {
    std::signal(SIGPIPE, SIG_IGN);  // a trial that dies early is seen by its exit, not by our death
    trial::handle_interrupts();
    const auto& trials = directory_.plan().trials;
    read_earlier();
    for (std::size_t i = 0; i < trials.size(); ++i) {
      const trial::TrialSpec& spec = trials[i];
      trial::TrialSpec left = spec;
      if (!still_to_run(left)) {
        continue;
      }
      one(left, i + 1, trials.size());
      if (trial::interrupted()) {
        say(fmt::format("interrupted: {} of {} trials are kept in {}; go on with: baton run --resume {}",
                        directory_.finished().size(), trials.size(), directory_.trials_file().string(),
                        directory_.path().string()));
        return 1;
      }
    }
    const std::vector<json> records = read_records(directory_.trials_file());
    if (verbosity_ != Verbosity::quiet) {
      std::cout << '\n' << table(records) << '\n';
    }
    say(fmt::format("{} records in {}", records.size(), directory_.trials_file().string()));
    for (const json& record : records) {
      if (!record.at("verdict").at("valid").get<bool>()) {
        ++invalid_;
      }
    }
    if (invalid_ != 0) {
      say(
          fmt::format("{} trials are not valid, and {} more were left out because their cell did not pass "
                      "verification: see the table's last lines",
                      invalid_, skipped_));
    }
    return invalid_ == 0 ? 0 : 1;
  }

 private:
  // A resumed run does not time cells that failed verification before.
  void read_earlier() {
    for (const json& record : read_records(directory_.trials_file())) {
      note(record);
    }
  }
  void note(const json& record) {
    if (record.at("role") == "verify" && !record.at("verdict").at("valid").get<bool>()) {
      unverified_.insert(record.at("cell_id"));
    }
  }

  // A group that was interrupted between two of its records runs again with what is missing.
  bool still_to_run(trial::TrialSpec& spec) {
    if (spec.members.empty()) {
      const bool verified = !unverified_.contains(spec.cell_id);
      const bool finished = directory_.finished().contains(spec.trial_id);
      skipped_ += !finished && !verified ? 1 : 0;
      return !finished && verified;
    }
    std::erase_if(spec.members, [&](const trial::Member& member) {
      const bool verified = !unverified_.contains(member.cell_id);
      const bool finished = directory_.finished().contains(member.trial_id);
      skipped_ += !finished && !verified ? 1 : 0;
      return finished || !verified;
    });
    return !spec.members.empty();
  }

  void one(const trial::TrialSpec& planned, std::size_t number, std::size_t of) {
    trial::TrialSpec spec = planned;
    if (spec.role == trial::Role::verifying) {
      spec.config.measure_s = std::min(spec.config.measure_s, kVerifyMeasureS);
      spec.config.ramp_s = std::min(spec.config.ramp_s, kVerifyRampS);
    }
    const std::string started_at = trial::timestamp();
    const auto members = trial::members_of(spec);
    const ChildResult child = run_child(spec, timeout_of(spec.config, members.size()));
    if (trial::interrupted()) {
      return;  // the trial in flight is dropped and runs again when the run is resumed
    }
    if (!child.messages.empty()) {
      directory_.log(fmt::format("{} wrote: {}", spec.trial_id, child.messages));
    }
    std::vector<json> records = child.records;
    if (!child.failure.empty()) {
      for (const trial::Member& member : members) {
        records.push_back(record_of_failure(trial::spec_of(spec, member), started_at, child));
      }
    }
    for (const json& record : records) {
      directory_.append(record);
      note(record);
      const std::string line = fmt::format("[{}/{}] {}", number, of, line_of(record));
      directory_.log(line);
      say(line);
    }
  }
  void say(const std::string& line) const {
    if (verbosity_ != Verbosity::quiet) {
      std::cout << line << std::endl;  // NOLINT(performance-avoid-endl): progress is to be seen
    }
  }

  RunDirectory directory_;
  Verbosity verbosity_;
  std::set<std::string> unverified_;
  std::size_t skipped_ = 0;
  std::size_t invalid_ = 0;
};

}  // namespace

int run(const RunRequest& request, Verbosity verbosity) {
  return Run(RunDirectory::create(request.out, make_plan(request)), verbosity).all();
}

int resume(const std::filesystem::path& directory, Verbosity verbosity) {
  return Run(RunDirectory::resume(directory), verbosity).all();
}

}  // namespace baton::suite
