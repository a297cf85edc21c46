// Which trials, and which pairs of turns, are set aside because the machine was disturbed. The rules are
// fixed before the run, look at the machine only and never at a trial's result: leaving out what looks odd
// would choose the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace baton::suite {

// A limit of 0 switches its rule off.
struct QuarantineRules {
  double others_cores = 0.5;
  double steal_cores = 0.1;
  double calibration = 0.25;
  double round_trip_factor = 2;
  double turn_spin = 0.1;
  double turn_memory = 0.5;
  double reruns = 2;
};

// The rules by name, as in suite files ([quarantine]) and on the command line (--quarantine KEY=VALUE).
struct QuarantineKey {
  std::string_view name;
  double QuarantineRules::*value;
  double least;
  double most;
  bool whole;
  std::string_view help;
};
std::span<const QuarantineKey> quarantine_keys();

// Throws BadInput: unknown key (the valid ones, the nearest), or a value out of range.
void set_rule(QuarantineRules& rules, std::string_view key, double value);
// "KEY=VALUE", or "off": no rule at all.
void set_rule(QuarantineRules& rules, std::string_view text);

nlohmann::json to_json(const QuarantineRules& rules);
QuarantineRules quarantine_from_json(const nlohmann::json& json);

// What a record says about the machine during its trial; empty where it could not be told. Calibrations and
// round trips of a trial that looked at the machine before every turn are judged by turn (turns.hpp).
struct Noise {
  std::optional<double> others_cores;  // CPU time of other processes, in cores
  std::optional<double> steal_cores;
  std::optional<double> spin_ns, memory_ns;  // calibrations: the worse of before and after the trial
  std::optional<double> round_trip_before_ns, round_trip_after_ns;  // core to core

  // Where the trial stood: the geometric mean of before and after.
  [[nodiscard]] std::optional<double> round_trip_ns() const;
};
Noise noise_of(const nlohmann::json& record);

// Judges the timed trials of one run in the order in which they ran.
class Quarantine {
 public:
  // Fewer calibrations say too little to judge by.
  static constexpr std::size_t kLeastCalibrations = 5;

  explicit Quarantine(const QuarantineRules& rules) : rules_(rules) {}

  // Sentences; none: the trial counts. The trial's calibrations count for those that follow, whatever they
  // were.
  std::vector<std::string> judge(const Noise& noise);

 private:
  QuarantineRules rules_;
  std::vector<double> spins_, memories_;  // sorted
};

}  // namespace baton::suite
