#include "harness/cli/run_directories.hpp"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "harness/suite/ask.hpp"
#include "harness/suite/records_file.hpp"
#include "harness/suite/run_directory.hpp"
#include "harness/suite/summary.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::cli {

LeftByRun read_run(const std::string& directory) {
  const std::filesystem::path path(directory);
  if (!std::filesystem::is_directory(path)) {
    throw BadInput(fmt::format("{}: there is no such directory; valid is one that 'baton run --out' has made",
                               directory));
  }
  LeftByRun run;
  if (const auto plan = suite::read_plan(path)) {
    run.baselines = plan->policy.baselines;
    run.seed = plan->seed;
    run.asks = suite::asks_of(*plan);
    run.fallbacks = plan->fallbacks;
    run.expectations = plan->expectations;
  }
  run.counts = suite::read_counts(path);
  run.costs = suite::read_costs(path);
  suite::read_records(path, [&](const nlohmann::json& record) { run.evidence.add(record); });
  if (run.evidence.records() == 0) {
    throw BadInput(fmt::format("{}: has no record yet", suite::trials_file_of(path).string()));
  }
  return run;
}

nlohmann::json summary_of(const LeftByRun& left) {
  return suite::summarize(left.evidence, {.baselines = left.baselines,
                                          .level = 0.95,
                                          .seed = left.seed,
                                          .asks = left.asks,
                                          .fallbacks = left.fallbacks,
                                          .expectations = left.expectations,
                                          .counts = left.counts,
                                          .costs = left.costs});
}

void add_results(CLI::App& command, std::string& results) {
  command.add_option("--results", results, fmt::format("Where kept runs lie [{}]", kResults))
      ->type_name("DIR");
}

void add_questions(CLI::App& command, std::string& file) {
  command
      .add_option("--questions", file, "Questions to be answered yes, no or cannot tell (CONTRIBUTING.md)")
      ->type_name("FILE");
}

void answer_questions(const std::string& file, const LeftByRun& left, nlohmann::json& summary) {
  if (file.empty()) return;
  summary["questions"] = suite::answer_questions(suite::read_questions(file), left.evidence, summary);
}

int exit_code_of(const nlohmann::json& summary) {
  return summary.contains("questions") ? suite::exit_code_of(summary.at("questions")) : 0;
}

double share_given(const std::string& option, const std::string& text) {
  const bool percent = text.ends_with('%');
  const std::string digits = percent ? text.substr(0, text.size() - 1) : text;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const double share = percent ? value / 100 : value;
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() ||
      !(share >= 0 && share <= 1)) {
    throw BadInput(
        fmt::format("{} is '{}'; valid is a share such as 3% or 0.03, at most 100%", option, text));
  }
  return share;
}

}  // namespace baton::cli
