// Settings that are valid one by one and make no sense together.
#pragma once

#include <optional>
#include <string>

#include "harness/trial/config.hpp"

namespace baton::trial {

struct Contradiction {
  std::string section, key;  // of the setting to change
  std::string what;          // a sentence behind "section.key "
};

// The first one found; none if it can be run. Of a pipeline for itself, and of a whole trial.
std::optional<Contradiction> find_contradiction(const pipeline::Settings& settings);
std::optional<Contradiction> find_contradiction(const TrialConfig& config);
// Of tables, traces and bursts alone; reads a trace.
std::optional<Contradiction> find_traffic_contradiction(const TrialConfig& config);
// Throw BadInput, with the options of the command line.
void check(const pipeline::Settings& settings);
void check(const TrialConfig& config);

}  // namespace baton::trial
