#include "harness/trial/trial.hpp"

#include <cmath>
#include <cstdlib>
#include <exception>

#include "harness/trial/config_json.hpp"
#include "harness/trial/record.hpp"

namespace baton::trial {

using nlohmann::json;

namespace {

// The columns of a record's slices.series, an entry for each turn.
json series_of(const std::vector<Slice>& slices) {
  json rates = json::array();
  json costs = json::array();
  json places = json::array();
  json spins = json::array();
  json memories = json::array();
  json round_trips = json::array();
  json copies = json::array();
  for (const Slice& slice : slices) {
    const auto requests = static_cast<double>(slice.requests);
    rates.push_back(to_digits(requests / slice.seconds, 1));
    costs.push_back(slice.requests == 0
                        ? json(nullptr)
                        : json(to_digits(static_cast<double>(slice.cpu_ns) * 1e-3 / requests, 5)));
    places.push_back(slice.place);
    spins.push_back(std::lround(slice.before.spin_ns));
    memories.push_back(to_digits(slice.before.memory_ns, 1));
    const auto& round_trip = slice.before.round_trip_ns;
    round_trips.push_back(round_trip ? json(std::lround(*round_trip)) : json(nullptr));
    copies.push_back(slice.copy);
  }
  return {{"requests_per_s", std::move(rates)}, {"cpu_per_request_us", std::move(costs)},
          {"place", std::move(places)},         {"spin_ns", std::move(spins)},
          {"memory_ns", std::move(memories)},   {"round_trip_ns", std::move(round_trips)},
          {"copy", std::move(copies)}};
}

json slices(const TrialSpec& spec, const std::vector<Member>& members, const Outcome& outcome) {
  json with = json::array();
  for (const Member& member : members) {
    with.push_back(member.strategy);
  }
  return {{"group", spec.trial_id},
          {"with", std::move(with)},
          {"slice_s", spec.config.slice_ms * 1e-3},
          {"seating_turns", spec.config.seating_turns},
          {"series", series_of(outcome.slices)}};
}

std::vector<Outcome> outcomes_of(const TrialSpec& spec, const std::vector<Member>& members) {
  if (spec.role == Role::timed && spec.config.slice_ms != 0) {
    std::vector<std::string> strategies;
    for (const Member& member : members) {
      strategies.push_back(member.strategy);
    }
    return run_sliced_trial(spec.config, strategies);
  }
  std::vector<Outcome> outcomes;
  outcomes.push_back(spec.config.transport == TransportKind::memory ? run_memory_trial(spec.config, spec.role)
                                                                    : run_tcp_trial(spec.config, spec.role));
  return outcomes;
}

}  // namespace

json to_json(const TrialSpec& spec) {
  json members = json::array();
  for (const Member& member : spec.members) {
    members.push_back(
        {{"strategy", member.strategy}, {"cell_id", member.cell_id}, {"trial_id", member.trial_id}});
  }
  return {{"config", to_json(spec.config)},
          {"verifying", spec.role == Role::verifying},
          {"trial_id", spec.trial_id},
          {"run_id", spec.run_id},
          {"suite", spec.suite},
          {"cell_id", spec.cell_id},
          {"round", spec.round},
          {"members", std::move(members)}};
}

TrialSpec spec_from_json(const json& told) {
  TrialSpec spec{.config = config_from_json(told.at("config")),
                 .role = told.at("verifying").get<bool>() ? Role::verifying : Role::timed,
                 .trial_id = told.at("trial_id"),
                 .run_id = told.at("run_id"),
                 .suite = told.at("suite"),
                 .cell_id = told.at("cell_id"),
                 .round = told.at("round"),
                 .members = {}};
  for (const json& member : told.at("members")) {
    spec.members.push_back({.strategy = member.at("strategy"),
                            .cell_id = member.at("cell_id"),
                            .trial_id = member.at("trial_id")});
  }
  return spec;
}

namespace {

// Of the last minute; -1 if the machine does not tell.
double load_average() {
  double one = -1;
  return getloadavg(&one, 1) == 1 ? one : -1;
}

void measure(const TrialSpec& spec, std::vector<Outcome>& outcomes) {
  try {
    outcomes = outcomes_of(spec, members_of(spec));
  } catch (const std::exception& error) {
    for (Outcome& outcome : outcomes) {
      outcome.faults.emplace_back(error.what());
    }
  }
}

// What is measured around a trial is the same for all that share it.
void measure_with_surroundings(const TrialSpec& spec, std::vector<Outcome>& outcomes) {
  const double load_before = load_average();
  const Calibration before = calibrate_machine();
  measure(spec, outcomes);
  const Calibration after = calibrate_machine();
  const double load_after = load_average();
  const InstrumentCost instrument = measure_instrument_cost();
  for (Outcome& outcome : outcomes) {
    outcome.calibration_before = before;
    outcome.calibration_after = after;
    outcome.instrument = instrument;
    if (outcome.noise.is_object()) {
      outcome.noise["load_average"] = {{"before", load_before}, {"after", load_after}};
    }
  }
}

}  // namespace

std::vector<Member> members_of(const TrialSpec& spec) {
  if (!spec.members.empty()) {
    return spec.members;
  }
  return {{.strategy = spec.config.strategy, .cell_id = spec.cell_id, .trial_id = spec.trial_id}};
}

TrialSpec spec_of(const TrialSpec& spec, const Member& member) {
  TrialSpec own = spec;
  own.config.strategy = member.strategy;
  own.cell_id = member.cell_id;
  own.trial_id = member.trial_id;
  return own;
}

std::vector<json> run_trial(const TrialSpec& spec) {
  const std::string started_at = timestamp();
  const std::vector<Member> members = members_of(spec);
  std::vector<Outcome> outcomes(members.size());
  const AllocatorProof proof = prove_allocator(parse_allocator(spec.config.allocator));
  if (proof.faults.empty()) {
    measure_with_surroundings(spec, outcomes);
  }
  for (Outcome& outcome : outcomes) {
    outcome.allocator = proof;
    outcome.faults.insert(outcome.faults.end(), proof.faults.begin(), proof.faults.end());
  }
  std::vector<json> records;
  for (std::size_t i = 0; i < members.size(); ++i) {
    records.push_back(make_record(spec_of(spec, members[i]), started_at, outcomes[i]));
    if (!outcomes[i].slices.empty()) {
      records.back()["slices"] = slices(spec, members, outcomes[i]);
    }
  }
  return records;
}

}  // namespace baton::trial
