// What workloads expect of a run, and whether it held. In a workload file:
//
//   [[expect]]
//   that = "a worker is tied as long as the fetch of its workspace reads"
//   because = "the buffer lies in the giver's workspace"
//   source = "Varnish r01391"                 # may be missing
//   strategies = ["workspace_wait"]           # or groups, as in suites
//   where = { "handoff.ratio" = 1.0 }         # may be missing: in every cell of the workload
//   needs = [{ metric = "tie_p50", at_least = "10ms" }]   # as of questions (ask.hpp)
//
// They are part of the plan, so that what was expected is written down before anything is measured.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/ask.hpp"
#include "harness/suite/evidence.hpp"

namespace baton::suite {

struct Expectation {
  std::string workload, that, because, source;
  std::vector<std::string> strategies;
  std::vector<Where> where;
  std::vector<Need> needs;
};

// Of a workload file; none if it says nothing. Throws BadInput that names file and line, what was given and
// what is valid.
std::vector<Expectation> read_expectations(const std::filesystem::path& workload_file);

nlohmann::json to_json(const std::vector<Expectation>& expectations);
std::vector<Expectation> expectations_from_json(const nlohmann::json& told);

// For each expectation that cells of the run are meant by: {"workload", "that", "because", "source",
// "answer": "held", "did not hold" or "cannot tell", "cells": [{"cell_id", "answer", "because"}]}. It held if
// it did in every cell that can tell and in one at least; a ratio to a strategy that did not run cannot tell.
nlohmann::json expectations_json(const std::vector<Expectation>& expectations, const Evidence& evidence,
                                 const nlohmann::json& summary);

// What a run's end says of them, a line each; empty without any.
std::vector<std::string> sentences_of(const nlohmann::json& told);

}  // namespace baton::suite
