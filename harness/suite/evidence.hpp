// What a run's records say, cell by cell: everything that summaries, comparisons and the stop rule start
// from. Records are large; only what is needed is kept of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/quarantine.hpp"
#include "harness/suite/turns.hpp"

namespace baton::suite {

// The second name of a baseline cell (A/A) is its first name and this.
inline constexpr std::string_view kAgain = "/again";

struct Observation {
  std::string trial_id;
  std::uint32_t round = 0;
  bool valid = true;
  std::vector<std::string> invalid_because;
  std::vector<std::string> quarantined_because;
  bool saturated = false;
  std::vector<std::optional<double>> values;  // by metrics()
  // A trial that alternated with others in one process: the process, and its turns.
  std::string slice_group;
  std::vector<Turn> turns;
  std::uint64_t seating_turns = 0;      // turns of one seating (run_sliced_trial); 0: all are of one
  TurnLimits turn_limits;               // as they were when the trial ran
  std::optional<double> round_trip_ns;  // core to core; with turns that were looked at, their median

  [[nodiscard]] bool clean() const noexcept { return valid && quarantined_because.empty(); }
  // Whether the machine is known turn by turn.
  [[nodiscard]] bool by_turn() const noexcept { return !turns.empty() && turns.front().machine; }
};

struct CellEvidence {
  std::string id;
  std::string strategy, workload, allocator;
  bool oversubscribed = false;
  nlohmann::json configuration;         // without what changes from round to round
  std::string variant;                  // the configuration without the strategy, to compare by
  std::vector<Observation> timed;       // in the order of the records, invalid and quarantined ones too
  std::optional<Observation> verified;  // the verification trial
  nlohmann::json ledger;                // per request, from it; null without

  [[nodiscard]] bool is_again() const { return id.ends_with(kAgain); }
};

class Evidence {
 public:
  // Throws nlohmann::json::exception if it is no record.
  void add(const nlohmann::json& record);

  [[nodiscard]] const std::vector<CellEvidence>& cells() const noexcept { return cells_; }
  // nullptr if there is none of that name.
  [[nodiscard]] const CellEvidence* find(std::string_view id) const;
  [[nodiscard]] const std::string& run_id() const noexcept { return run_id_; }
  [[nodiscard]] const std::string& suite() const noexcept { return suite_; }
  [[nodiscard]] std::size_t records() const noexcept { return records_; }
  // Of the first record; null without records.
  [[nodiscard]] const nlohmann::json& build() const noexcept { return build_; }
  [[nodiscard]] const nlohmann::json& environment() const noexcept { return environment_; }

 private:
  std::vector<CellEvidence> cells_;  // in the order of their first records
  std::string run_id_, suite_;
  nlohmann::json build_, environment_;
  std::size_t records_ = 0;
};

// A configuration as it identifies a cell: without what changes from round to round or follows from the
// machine.
nlohmann::json identity_of(nlohmann::json configuration);

}  // namespace baton::suite
