// One trial as a process of its own: a specification in, a record out.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/trial/conductor.hpp"
#include "harness/trial/config.hpp"

namespace baton::trial {

// One of the strategies that share a trial: what differs from the others.
struct Member {
  std::string strategy;
  std::string cell_id;
  std::string trial_id;  // of its record
};

// What a trial is told. The identity is copied into the records.
struct TrialSpec {
  TrialConfig config;
  Role role = Role::timed;
  std::string trial_id;
  std::string run_id;
  std::string suite;  // empty: cells given on the command line
  std::string cell_id;
  std::uint32_t round = 0;
  // Of a sliced trial (config.slice_ms): a record for each, and trial_id is the group's. Else empty, and
  // config.strategy runs.
  std::vector<Member> members;
};

// The identities of a trial's records: the members', or the trial's own.
std::vector<Member> members_of(const TrialSpec& spec);
// The same trial as it stands in that member's record.
TrialSpec spec_of(const TrialSpec& spec, const Member& member);

nlohmann::json to_json(const TrialSpec& spec);
TrialSpec spec_from_json(
    const nlohmann::json& json);  // throws nlohmann::json::exception, std::invalid_argument

// Runs it in this process and returns a record for each member (results/schema.json), valid or not. A trial
// that cannot be set up gives records with that reason.
std::vector<nlohmann::json> run_trial(const TrialSpec& spec);

}  // namespace baton::trial
