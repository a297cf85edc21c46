// A trial's process.
#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

#include "harness/trial/trial.hpp"

namespace baton::suite {

struct ChildResult {
  nlohmann::json record;  // null if the process left none
  std::string failure;    // then: how it ended
  std::string messages;   // what it wrote to standard error
};

// Starts this program again as `baton trial`, hands it the specification and waits for the record. After
// `timeout` the process is killed.
ChildResult run_child(const trial::TrialSpec& spec, std::chrono::seconds timeout);

// The other side: reads a specification from standard input, writes the record to standard output. Returns
// the exit code.
int serve_as_child();

}  // namespace baton::suite
