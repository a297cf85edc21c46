// One trial as a process of its own: a specification in, a record out.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "harness/trial/conductor.hpp"
#include "harness/trial/config.hpp"

namespace baton::trial {

// What a trial is told. The identity is copied into the record.
struct TrialSpec {
  TrialConfig config;
  Role role = Role::timed;
  std::string trial_id;
  std::string run_id;
  std::string suite;  // empty: cells given on the command line
  std::string cell_id;
  std::uint32_t round = 0;
};

nlohmann::json to_json(const TrialSpec& spec);
TrialSpec spec_from_json(
    const nlohmann::json& json);  // throws nlohmann::json::exception, std::invalid_argument

// Runs it in this process and returns the record (results/schema.json), valid or not. A trial that cannot be
// set up gives a record with that reason.
nlohmann::json run_trial(const TrialSpec& spec);

}  // namespace baton::trial
