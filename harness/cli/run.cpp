// baton run: one cell, several, or a suite.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/command.hpp"
#include "harness/cli/options.hpp"
#include "harness/suite/run.hpp"
#include "harness/suite/suite_file.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/workload.hpp"

namespace baton::cli {
namespace {

constexpr std::uint64_t kSliceMs = 40;

struct RunOptions {
  std::vector<std::string> strategies;
  std::vector<std::string> workloads;
  std::string suite;
  std::string resume;
  std::string out;
  std::string workload_directory;
  std::uint32_t trials = 3;
  std::uint64_t seed = 1;
  bool quiet = false;
  std::vector<suite::Axis> axes;  // settings given on the command line
};

// A setting may be given several values, joined by commas: a cell for each.
void add_axis(CLI::App& command, RunOptions& options, const trial::Setting& setting) {
  const auto set = [&options, &setting](const std::string& text) {
    suite::Axis axis{.setting = &setting, .values = {}};
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      axis.values.push_back(value_given(setting, text.substr(begin, end - begin)));
      begin = end + 1;
    }
    options.axes.push_back(std::move(axis));
  };
  command
      .add_option_function<std::string>(fmt::format("--{}", setting.option), set, std::string(setting.help))
      ->type_name(fmt::format("{}[,...]", short_valid(setting)))
      ->group(std::string(setting.section));
}

suite::RunRequest request_of(const RunOptions& options, const CLI::App& command) {
  const auto workloads = trial::read_workloads(trial::workload_directory(options.workload_directory));
  suite::RunRequest request;
  if (!options.suite.empty()) {
    if (!options.strategies.empty() || !options.workloads.empty() || !options.axes.empty()) {
      throw BadInput(
          "--suite decides strategies, workloads and settings; give either the suite or those, not both");
    }
    request = suite::read_suite(options.suite, workloads);
  } else {
    std::vector<trial::Workload> chosen;
    for (const std::string& name : options.workloads) {
      chosen.push_back(trial::find_workload(workloads, name));
    }
    std::vector<std::string> strategies;
    for (const std::string& name : options.strategies) {
      if (name == "all") {
        for (const trial::Instance& instance : trial::instances()) {
          strategies.emplace_back(instance.name());
        }
      } else {
        strategies.emplace_back(strategy_named(name).name());
      }
    }
    if (strategies.empty() || chosen.empty()) {
      throw BadInput(
          "nothing to run; give --strategy and --workload ('baton list' shows them), or --suite FILE, or "
          "--resume DIR");
    }
    request.cells = suite::make_cells(strategies, chosen, options.axes);
  }
  if (options.suite.empty() || command.count("--trials") != 0) {
    request.trials = options.trials;
  }
  if (options.suite.empty() || command.count("--seed") != 0) {
    request.seed = options.seed;
  }
  return request;
}

}  // namespace

Command add_run(CLI::App& program) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* command = program.add_subcommand(
      "run", "Measures strategies: verifies every cell, then times it in trials of their own process");
  command->footer(
      "Examples:\n"
      "  baton run --suite workloads/suites/quick.toml --out out/quick\n"
      "  baton run --strategy all --workload handoff_half --trials 5 --out out/half\n"
      "  baton run --strategy two_cache,locked_pool --workload no_handoff --handoff 0,0.5,1 --duration 2 "
      "--out out/ratio\n"
      "  baton run --resume out/quick\n"
      "Settings take one value or several, joined by commas: a cell for each. DIR then holds plan.json, "
      "environment.json,\n"
      "trials.jsonl (a record per trial, results/schema.json) and log.txt. A run never overwrites another.");
  command->add_option("--strategy", options->strategies, "Strategies, or all")
      ->delimiter(',')
      ->type_name("NAME[,...]");
  command->add_option("--workload", options->workloads, "Workloads")->delimiter(',')->type_name("NAME[,...]");
  command->add_option("--suite", options->suite, "A suite file instead of strategies and workloads")
      ->type_name("FILE");
  command->add_option("--resume", options->resume, "Goes on with a run that was ended before its time")
      ->type_name("DIR");
  command->add_option("--out", options->out, "Directory for the records; must not hold a run yet")
      ->type_name("DIR");
  command->add_option("--trials", options->trials, "Timed trials of each cell")->type_name("1..10000 [3]");
  command->add_option("--seed", options->seed, "Of the order of trials and of the clients")
      ->type_name("N [1]");
  command->add_option("--workloads", options->workload_directory, "Where workload files are")
      ->type_name("DIR");
  command->add_flag_function(
      "--sliced",
      [options](std::int64_t /*times*/) {
        options->axes.push_back({.setting = trial::find_setting("trial", "slice_ms"), .values = {kSliceMs}});
      },
      "The strategies of a variant alternate in one process, in slices of 40 ms: short for --slice-ms 40");
  command->add_flag("--quiet", options->quiet, "Says nothing but errors");
  for (const trial::Setting& setting : trial::settings()) {
    if (setting.option != "seed") {
      add_axis(*command, *options, setting);
    }
  }
  const auto run = [options, command]() -> int {
    const auto verbosity = options->quiet ? suite::Verbosity::quiet : suite::Verbosity::lines;
    if (options->trials == 0 || options->trials > 10'000) {
      throw BadInput(fmt::format("--trials is {}; valid is 1 to 10000", options->trials));
    }
    if (!options->resume.empty()) {
      if (!options->out.empty() || !options->suite.empty() || !options->strategies.empty() ||
          !options->workloads.empty() || !options->axes.empty()) {
        throw BadInput(
            "--resume goes on with the plan in its directory; it takes no other option but --quiet");
      }
      return suite::resume(options->resume, verbosity);
    }
    suite::RunRequest request = request_of(*options, *command);
    require("--out", options->out, "--out out/first");
    request.out = options->out;
    return suite::run(request, verbosity);
  };
  return {.app = command, .run = run};
}

}  // namespace baton::cli
