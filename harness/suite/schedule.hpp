// Where a run stands: which trials it has, which come next, how long that takes. Fed with records, those of
// earlier sessions first, so that a resumed run goes on as if it had not been ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"
#include "harness/suite/plan.hpp"
#include "harness/suite/progress.hpp"
#include "harness/suite/quarantine.hpp"

namespace baton::suite {

class Schedule {
 public:
  explicit Schedule(const Plan& plan);

  // Adds what only the run can say of a new record: attempt, process_s, quarantine.
  void complete(nlohmann::json& record, double process_s);
  // Counts a record that is in the run's file.
  void add(const nlohmann::json& record);

  // The next trial; none when the run is at its end. The same until a record of it is added.
  std::optional<trial::TrialSpec> next();

  // Why the run is at its end, if not because all rounds are done; empty otherwise.
  [[nodiscard]] const std::string& ended_because() const noexcept { return ended_because_; }
  [[nodiscard]] const Evidence& evidence() const noexcept { return evidence_; }
  // Trials of cells that did not pass verification, in the rounds so far.
  [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }
  [[nodiscard]] std::size_t invalid() const noexcept { return invalid_; }
  [[nodiscard]] Progress progress() const;

 private:
  struct Tried {
    std::uint32_t attempts = 0;
    bool quarantined = false;  // the last one
  };
  bool another_round();
  bool further_round();  // beyond the plan's
  [[nodiscard]] bool takes_part(const PlannedCell& cell, std::uint32_t round) const;
  [[nodiscard]] std::vector<trial::TrialSpec> trials_of_round() const;
  std::optional<trial::TrialSpec> next_of_round();
  [[nodiscard]] bool unverified(const std::string& cell_id) const;
  [[nodiscard]] double seconds_of(const trial::TrialConfig& config) const;
  [[nodiscard]] double seconds_of_round(std::uint32_t round) const;

  const Plan& plan_;
  Evidence evidence_;
  Quarantine quarantine_;
  std::map<std::string, Tried> tried_;     // by the trial_id of the first attempt
  std::set<std::string> unverified_;       // cell_ids
  std::vector<trial::TrialSpec> current_;  // the round's, round 0: verification
  std::uint32_t round_ = 0;
  std::uint32_t greatest_round_ = 0;  // that has a record
  std::size_t done_ = 0, quarantined_ = 0, invalid_ = 0, left_out_ = 0;
  double spent_s_ = 0;                                  // of processes
  double further_s_ = 0;                                // of these, in rounds beyond the plan's
  std::set<std::string> taking_part_;                   // in such a round, by cell_id
  std::map<std::uint32_t, std::string> cell_of_round_;  // of such a round that has a record: one of its cells
  double slack_s_ = 0;                                  // of processes beyond ramp and measured phase
  bool at_end_ = false;
  std::string ended_because_;
};

}  // namespace baton::suite
