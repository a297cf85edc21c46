// A trial's process.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/trial/trial.hpp"

namespace baton::suite {

struct ChildResult {
  std::vector<nlohmann::json> records;  // of each member, in their order; none if the process left not all
  std::string failure;                  // then: how it ended
  std::string messages;                 // what it wrote to standard error
};

// Starts this program again as `baton trial`, hands it the specification and waits for its records.
// After `timeout` the process is killed.
ChildResult run_child(const trial::TrialSpec& spec, std::chrono::seconds timeout);

// The other side: reads a specification from standard input, writes the records to standard output, one a
// line. Returns the exit code.
int serve_as_child();

}  // namespace baton::suite
