#include "harness/trial/trial.hpp"

#include <cstdlib>
#include <exception>

#include "harness/trial/config_json.hpp"
#include "harness/trial/record.hpp"

namespace baton::trial {

using nlohmann::json;

json to_json(const TrialSpec& spec) {
  return {{"config", to_json(spec.config)},
          {"verifying", spec.role == Role::verifying},
          {"trial_id", spec.trial_id},
          {"run_id", spec.run_id},
          {"suite", spec.suite},
          {"cell_id", spec.cell_id},
          {"round", spec.round}};
}

TrialSpec spec_from_json(const json& told) {
  return {.config = config_from_json(told.at("config")),
          .role = told.at("verifying").get<bool>() ? Role::verifying : Role::timed,
          .trial_id = told.at("trial_id"),
          .run_id = told.at("run_id"),
          .suite = told.at("suite"),
          .cell_id = told.at("cell_id"),
          .round = told.at("round")};
}

namespace {

Outcome measure(const TrialSpec& spec) {
  Outcome outcome;
  try {
    outcome = spec.config.transport == TransportKind::memory ? run_memory_trial(spec.config, spec.role)
                                                             : run_tcp_trial(spec.config, spec.role);
  } catch (const std::exception& error) {
    outcome.faults.emplace_back(error.what());
  }
  return outcome;
}

// Of the last minute; -1 if the machine does not tell.
double load_average() {
  double one = -1;
  return getloadavg(&one, 1) == 1 ? one : -1;
}

}  // namespace

json run_trial(const TrialSpec& spec) {
  const std::string started_at = timestamp();
  const AllocatorProof proof = prove_allocator(parse_allocator(spec.config.allocator));
  Outcome outcome;
  outcome.faults = proof.faults;
  if (proof.faults.empty()) {
    const double load_before = load_average();
    const Calibration before = calibrate_machine();
    outcome = measure(spec);
    outcome.calibration_before = before;
    outcome.calibration_after = calibrate_machine();
    if (outcome.noise.is_object()) {
      outcome.noise["load_average"] = {{"before", load_before}, {"after", load_average()}};
    }
    outcome.instrument = measure_instrument_cost();
  }
  outcome.allocator = proof;
  return make_record(spec, started_at, outcome);
}

}  // namespace baton::trial
