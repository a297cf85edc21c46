#include "harness/suite/run.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/measure/costs.hpp"
#include "harness/suite/child.hpp"
#include "harness/suite/records_file.hpp"
#include "harness/suite/run_counts.hpp"
#include "harness/suite/run_directory.hpp"
#include "harness/suite/schedule.hpp"
#include "harness/suite/summary.hpp"
#include "harness/suite/table.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/record.hpp"
#include "harness/trial/set_up.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

// `patience_s`: for its start and for reading the environment on a busy machine.
std::chrono::seconds timeout_of(const trial::TrialConfig& config, std::size_t members, double patience_s) {
  const double drain = static_cast<double>(config.pipeline.drain_timeout.count()) * 1e-3;
  constexpr double kBetweenSlices = 1.5;  // leads and rests; a seating warms up for a slice besides
  const double warming = config.seating_turns == 0 ? 0 : 1.0 / config.seating_turns;
  const double turns = config.slice_ms == 0 ? 1 : (kBetweenSlices + warming) * static_cast<double>(members);
  return std::chrono::seconds(static_cast<long>((config.ramp_s + config.measure_s) * turns + config.calm_s +
                                                drain + config.body.pause_ms * 1e-3 + patience_s));
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

// In progress lines.
std::string name_of(const trial::TrialSpec& spec) {
  if (spec.members.size() < 2) return spec.cell_id;
  return fmt::format("{} and {} more in turns", spec.members.front().cell_id, spec.members.size() - 1);
}

class Run {
 public:
  Run(RunDirectory directory, Output output)
      : directory_(std::move(directory)), reporter_(make_reporter(output)), schedule_(directory_.plan()) {}

  int all() {
    std::signal(SIGPIPE, SIG_IGN);  // a trial that dies early is seen by its exit, not by our death
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of write(), told like a full disk
    trial::handle_interrupts();
    if (std::filesystem::exists(directory_.trials_file())) {
      read_records(directory_.path(), [&](const json& record) { schedule_.add(record); });
    }
    if (!count()) return interrupted();
    std::optional<std::uint32_t> round;
    while (const auto spec = schedule_.next()) {
      // Again in every round: how far two CPUs are from each other changes from one minute to the next.
      if (round != spec->round) directory_.note_costs(to_json(measure_costs()));
      round = spec->round;
      reporter_->starting(name_of(*spec), schedule_.progress());
      if (!one(*spec)) return interrupted();
    }
    return finish();
  }

 private:
  // Exact counts, unless an earlier session made them. False if it was interrupted.
  bool count() {
    const auto cells = cells_to_count(directory_.plan());
    if (!directory_.plan().policy.counts || cells.empty() || !read_counts(directory_.path()).is_null())
      return true;
    reporter_->note(fmt::format("counting instructions, locks and lines of {} cells", cells.size()));
    try {
      const json counts = count_cells(cells, trial::interrupted);
      if (trial::interrupted()) return false;
      directory_.note_counts(counts);
      for (const auto& [cell, why] : counts.at("not_counted").items()) {
        directory_.log(fmt::format("{} is not counted: {}", cell, why.get<std::string>()));
      }
    } catch (const BadInput& error) {
      if (trial::interrupted()) return false;
      reporter_->note(fmt::format("nothing is counted: {}", error.what()));
      directory_.log(fmt::format("nothing is counted: {}", error.what()));
    }
    return true;
  }

  // False if it was interrupted: the trial in flight is dropped and runs again when the run is resumed.
  bool one(const trial::TrialSpec& spec) {
    const std::string started_at = trial::timestamp();
    const auto start = std::chrono::steady_clock::now();
    const auto members = trial::members_of(spec);
    const ChildResult child = run_child(spec, timeout_of(spec.config, members.size(), patience_s()));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (trial::interrupted()) return false;
    std::vector<json> records = child.records;
    if (!child.failure.empty()) {
      for (const trial::Member& member : members) {
        records.push_back(record_of_failure(trial::spec_of(spec, member), started_at, child));
      }
    }
    for (json& record : records)
      schedule_.complete(record, took.count() / static_cast<double>(members.size()));
    directory_.append(records);
    if (!child.messages.empty()) directory_.log(fmt::format("{} wrote: {}", spec.trial_id, child.messages));
    for (const json& record : records) {
      schedule_.add(record);
      directory_.log(line_of(record));
      reporter_->finished(record, schedule_.progress());
    }
    return true;
  }

  [[nodiscard]] double patience_s() const { return directory_.plan().policy.patience_s; }

  int interrupted() {
    reporter_->note(fmt::format("interrupted: {} trials are kept in {}; go on with: baton run --resume {}",
                                schedule_.evidence().records(), directory_.trials_file().string(),
                                directory_.path().string()));
    return 1;
  }

  int finish() {
    const Plan& plan = directory_.plan();
    const json summary = summarize(schedule_.evidence(), {.baselines = plan.policy.baselines,
                                                          .level = 0.95,
                                                          .seed = plan.seed,
                                                          .asks = asks_of(plan),
                                                          .fallbacks = plan.fallbacks,
                                                          .expectations = plan.expectations,
                                                          .counts = read_counts(directory_.path()),
                                                          .costs = directory_.costs()});
    directory_.finish(summary);
    if (!schedule_.ended_because().empty()) reporter_->note("ended: " + schedule_.ended_because());
    reporter_->summary(summary, directory_.path().string());
    reporter_->note(fmt::format("{} records in {}", schedule_.evidence().records(),
                                trials_file_of(directory_.path()).string()));
    if (schedule_.invalid() == 0) return 0;
    reporter_->note(
        fmt::format("{} trials are not valid, and {} more were left out because their cell did not pass "
                    "verification: the answers above name the first, summary.json all",
                    schedule_.invalid(), schedule_.left_out()));
    return 1;
  }

  RunDirectory directory_;
  std::unique_ptr<Reporter> reporter_;
  Schedule schedule_;
};

int run_in(RunDirectory directory, Output output) {
  const std::string path = directory.path().string();
  try {
    return Run(std::move(directory), output).all();
  } catch (const std::system_error& error) {
    throw std::runtime_error(fmt::format(
        "{}; the trials that were finished are kept, go on with: baton run --resume {}", error.what(), path));
  }
}

}  // namespace

int run(const RunRequest& request, Output output) {
  return run_in(RunDirectory::create(request.out, make_plan(request)), output);
}

int resume(const std::filesystem::path& directory, Output output) {
  return run_in(RunDirectory::resume(directory), output);
}

}  // namespace baton::suite
