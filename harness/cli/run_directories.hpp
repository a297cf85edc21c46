// Commands that read what a run has left.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/suite/evidence.hpp"
#include "harness/suite/expectations.hpp"
#include "harness/suite/policy.hpp"

namespace baton::cli {

struct LeftByRun {
  suite::Evidence evidence;
  std::vector<suite::Baseline> baselines;  // of its plan
  std::uint64_t seed = 1;
  std::map<std::string, std::vector<std::string>> asks;  // asks_of() it
  std::vector<std::string> fallbacks;                    // of its plan
  std::vector<suite::Expectation> expectations;          // of its plan
  nlohmann::json counts, costs;                          // as SummaryOptions has them
};

// Throws BadInput if there is no run in the directory.
LeftByRun read_run(const std::string& directory);

// Its summary (results/summary-schema.json), made from the trials as they are now.
nlohmann::json summary_of(const LeftByRun& left);

// The option --questions of a command.
void add_questions(CLI::App& command, std::string& file);
// What a file of questions (harness/suite/ask.hpp) asks, answered in summary["questions"]; nothing if no file
// was given. Throws BadInput.
void answer_questions(const std::string& file, const LeftByRun& left, nlohmann::json& summary);
// 0, or 1 or 3 as the questions were answered.
int exit_code_of(const nlohmann::json& summary);

inline constexpr const char* kResults = "results";  // where kept runs lie
// The option --results of a command.
void add_results(CLI::App& command, std::string& results);
// The directory of a kept run, which need not be there. Throws BadInput for what is no name.
std::filesystem::path kept_run(const std::string& results, const std::string& name);

// "3%" or "0.03". Throws BadInput that names the option.
double share_given(const std::string& option, const std::string& text);

}  // namespace baton::cli
