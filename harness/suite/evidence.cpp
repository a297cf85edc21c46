#include "harness/suite/evidence.hpp"

#include <algorithm>

#include "harness/stats/order.hpp"
#include "harness/suite/metrics.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

void read_turns(const json& record, Observation& seen) {
  seen.turns = turns_of(record);
  if (seen.turns.empty()) return;
  const json& slices = record.at("slices");
  seen.slice_group = slices.at("group");
  seen.seating_turns = slices.value("seating_turns", std::uint64_t{0});
  if (!seen.by_turn()) return;
  std::vector<double> round_trips;
  for (const Turn& turn : seen.turns) {
    if (turn.machine->round_trip_ns) round_trips.push_back(*turn.machine->round_trip_ns);
  }
  seen.round_trip_ns = stats::median(round_trips);
}

Observation observe(const json& record) {
  Observation seen{.trial_id = record.at("trial_id"),
                   .round = record.at("round"),
                   .valid = record.at("verdict").at("valid"),
                   .invalid_because = record.at("verdict").at("reasons"),
                   .quarantined_because = {},
                   .saturated = record.value("saturated", json()) == json(true),
                   .values = {},
                   .slice_group = {},
                   .turns = {},
                   .turn_limits = {},
                   .round_trip_ns = noise_of(record).round_trip_ns()};
  if (const auto quarantine = record.find("quarantine");
      quarantine != record.end() && quarantine->is_object()) {
    seen.quarantined_because = quarantine->at("reasons");
    if (const auto turn = quarantine->find("turn"); turn != quarantine->end()) {
      seen.turn_limits = {.spin = turn->at("spin"), .memory = turn->at("memory")};
    }
  }
  for (const Metric& metric : metrics()) seen.values.push_back(value_of(metric, record));
  read_turns(record, seen);
  return seen;
}

std::string variant_of(const json& configuration) {
  json variant = identity_of(configuration);
  variant.erase("strategy");
  return variant.dump();
}

}  // namespace

json identity_of(json configuration) {
  configuration.erase("seed");
  configuration.erase("oversubscribed");
  return configuration;
}

void Evidence::add(const json& record) {
  if (records_++ == 0) {
    run_id_ = record.at("run_id");
    suite_ = record.at("suite");
    build_ = record.at("build");
    environment_ = record.at("environment");
  }
  const std::string id = record.at("cell_id");
  auto cell = std::ranges::find(cells_, id, &CellEvidence::id);
  if (cell == cells_.end()) {
    const json& configuration = record.at("configuration");
    cells_.push_back({.id = id,
                      .strategy = record.at("strategy"),
                      .workload = record.at("workload"),
                      .allocator = configuration.value("allocator", record.at("allocator").value("name", "")),
                      .oversubscribed = configuration.value("oversubscribed", false),
                      .configuration = identity_of(configuration),
                      .variant = variant_of(configuration),
                      .timed = {},
                      .verified = {},
                      .ledger = nullptr});
    cell = cells_.end() - 1;
  }
  if (record.at("role") == "verify") {
    cell->verified = observe(record);
    const json ledger = record.value("ledger", json());
    cell->ledger = ledger.is_object() ? ledger.value("per_request", json()) : json();
    return;
  }
  if (cell->timed.empty()) {  // a verification trial is shorter than what the cell is
    cell->configuration = identity_of(record.at("configuration"));
    cell->variant = variant_of(record.at("configuration"));
  }
  cell->timed.push_back(observe(record));
}

const CellEvidence* Evidence::find(std::string_view id) const {
  const auto cell = std::ranges::find(cells_, id, &CellEvidence::id);
  return cell == cells_.end() ? nullptr : &*cell;
}

}  // namespace baton::suite
