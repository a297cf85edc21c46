// baton run: one cell, several, or a suite.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/command.hpp"
#include "harness/cli/options.hpp"
#include "harness/cli/run_directories.hpp"
#include "harness/measure/build_info.hpp"
#include "harness/suite/expectations.hpp"
#include "harness/suite/run.hpp"
#include "harness/suite/suite_file.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/nearest.hpp"
#include "harness/trial/workload.hpp"

namespace baton::cli {
namespace {

constexpr std::uint64_t kMostSeed = 9'007'199'254'740'992;  // what every reader of JSON can hold
constexpr std::uint64_t kSliceMs = 10;                      // docs/resolution.md

struct RunOptions {
  std::vector<std::string> strategies;
  std::vector<std::string> workloads;
  std::string suite;
  std::string resume;
  std::string out;
  std::string workload_directory;
  std::uint64_t trials = 3;
  std::uint64_t seed = 1;
  bool allow_slow_build = false;
  bool quiet = false;
  bool json = false;
  std::string precision;
  double budget_s = 0;
  double patience_s = 0;
  std::vector<std::string> quarantine;
  std::vector<std::string> baselines;
  bool no_again = false;
  bool counts = false;
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

// What the command line says of it stands above what the suite says.
void set_policy(const RunOptions& options, const CLI::App& command, suite::Policy& policy) {
  if (!options.precision.empty()) {
    policy.precision.half_width = share_given("--precision", options.precision);
  }
  if (command.count("--budget") != 0) {
    if (!(options.budget_s >= 0)) {
      throw BadInput(
          fmt::format("--budget is {}; valid is a number of seconds, 0 = no limit", options.budget_s));
    }
    policy.budget_s = options.budget_s;
  }
  if (command.count("--patience") != 0) {
    if (!(options.patience_s >= 0)) {
      throw BadInput(fmt::format("--patience is {}; valid is a number of seconds", options.patience_s));
    }
    policy.patience_s = options.patience_s;
  }
  for (const std::string& rule : options.quarantine) {
    try {
      suite::set_rule(policy.quarantine, rule);
    } catch (const BadInput& error) {
      throw BadInput(fmt::format("--quarantine: {}", error.what()));
    }
  }
  if (!options.baselines.empty()) {
    policy.baselines.clear();
  }
  for (const std::string& given : options.baselines) {
    const std::size_t equals = given.find('=');
    const bool strategy = equals == std::string::npos;
    try {
      policy.baselines.push_back(suite::baseline_named(strategy ? "strategy" : given.substr(0, equals),
                                                       strategy ? given : given.substr(equals + 1)));
    } catch (const BadInput& error) {
      throw BadInput(fmt::format("--baseline: {}", error.what()));
    }
  }
  policy.again = policy.again && !options.no_again;
  policy.counts = policy.counts || options.counts;
}

// Options that a plan is made from: a run that goes on has its plan.
bool takes_plan_options(const CLI::App& command) {
  constexpr std::array kOptions = {"--trials",   "--seed",      "--counts", "--workloads", "--baseline",
                                   "--no-again", "--precision", "--budget", "--patience",  "--quarantine"};
  return std::ranges::any_of(kOptions, [&](const char* option) { return command.count(option) != 0; });
}

suite::RunRequest request_of(const RunOptions& options, const CLI::App& command) {
  const auto workloads = trial::read_workloads(trial::workload_directory(options.workload_directory));
  suite::RunRequest request;
  if (!options.suite.empty()) {
    if (!options.strategies.empty() || !options.workloads.empty()) {
      throw BadInput("--suite decides strategies and workloads; give either the suite or those, not both");
    }
    request = suite::read_suite(suite::find_suite(options.suite, options.workload_directory), workloads);
    request.cells = suite::with_axes(request.cells, options.axes);
  } else {
    std::vector<trial::Workload> chosen;
    for (const std::string& name : options.workloads) {
      chosen.push_back(trial::find_workload(workloads, name));
    }
    std::vector<std::string> strategies;
    for (const std::string& name : options.strategies) {
      if (std::ranges::count(options.strategies, name) > 1) {
        throw BadInput(fmt::format(
            "--strategy names {} twice; valid is each once (the baseline runs twice by itself, for the A/A)",
            name));
      }
      if (std::ranges::count(trial::strategy_groups(), name) != 0) {
        for (const std::string_view one : trial::strategies_called(name)) {
          strategies.emplace_back(one);
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
  for (const trial::Workload& workload : workloads) {
    if (std::ranges::none_of(request.cells, [&](const suite::AskedCell& cell) {
          return cell.config.workload == workload.name;
        }))
      continue;
    for (suite::Expectation& expected : suite::read_expectations(workload.file))
      request.expectations.push_back(std::move(expected));
  }
  if (options.suite.empty() || command.count("--trials") != 0) {
    request.trials = static_cast<std::uint32_t>(options.trials);
    for (suite::AskedCell& cell : request.cells) cell.trials = 0;  // of each cell
  }
  if (options.suite.empty() || command.count("--seed") != 0) {
    request.seed = options.seed;
  }
  set_policy(options, command, request.policy);
  return request;
}

std::vector<std::string_view> quarantine_names() {
  std::vector<std::string_view> names;
  for (const suite::QuarantineKey& key : suite::quarantine_keys()) names.push_back(key.name);
  return names;
}

}  // namespace

Command add_run(CLI::App& program) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* command = program.add_subcommand(
      "run", "Measures strategies: verifies every cell, then times it in trials of their own process");
  command->footer(
      "Examples:\n"
      "  baton run --suite workloads/suites/quick.toml --out out/quick\n"
      "  baton run --strategy all --workload handoff_ratio --handoff 0.5 --trials 5 --out out/half\n"
      "  baton run --strategy two_cache,locked_pool --workload handoff_ratio --handoff 0,0.5,1 --duration 2 "
      "--out out/ratio\n"
      "  baton run --resume out/quick\n"
      "  baton run --suite workloads/suites/quick.toml --duration 1 --trials 10 --out out/longer\n"
      "  baton run --strategy heap,two_cache --workload handoff_ratio --handoff 1 --precision 2% --budget "
      "600 --out "
      "out/precise\n"
      "Settings take one value or several, joined by commas: a cell for each; beside --suite they replace "
      "the suite's.\n"
      "DIR then holds trials.jsonl (a record per trial, results/schema.json; trials.jsonl.gz when the run is "
      "through),\n"
      "plan.json and environment.json (what records share), summary.json (results/summary-schema.json) and "
      "log.txt.\n"
      "A run never overwrites another.");
  command
      ->add_option("--strategy", options->strategies,
                   "Strategies, or all; adapters: those to libraries, which all leaves out")
      ->delimiter(',')
      ->type_name("NAME[,...]");
  command->add_option("--workload", options->workloads, "Workloads")->delimiter(',')->type_name("NAME[,...]");
  command->add_option("--suite", options->suite, "A suite instead of strategies and workloads")
      ->type_name("FILE|NAME");
  command->add_option("--resume", options->resume, "Goes on with a run that was ended before its time")
      ->type_name("DIR");
  command->add_option("--out", options->out, "Directory for the records; must not hold a run yet")
      ->type_name("DIR");
  add_number(*command, "--trials", options->trials, "Timed trials of each cell", 1, 10'000);
  add_number(*command, "--seed", options->seed, "Of the order of trials and of the clients", 0, kMostSeed);
  command->add_option("--workloads", options->workload_directory, "Where workload files are")
      ->type_name("DIR");
  command->add_flag_function(
      "--sliced",
      [options](std::int64_t /*times*/) {
        options->axes.push_back({.setting = trial::find_setting("trial", "slice_ms"), .values = {kSliceMs}});
      },
      "The strategies of a variant alternate in one process, in slices of 10 ms: short for --slice-ms 10");
  command
      ->add_option(
          "--baseline", options->baselines,
          "What ratios are ratios to: a strategy, or a setting and its value [heap, or the first strategy]")
      ->delimiter(',')
      ->type_name("NAME|SECTION.KEY=VALUE[,...]");
  command->add_flag("--no-again", options->no_again,
                    "Baseline cells run once: no A/A, nothing is called different");
  command->add_flag("--counts", options->counts,
                    "Counts instructions, locks and lines of the cells in memory, too (takes valgrind)");
  command
      ->add_option("--precision", options->precision,
                   "Rounds go on until every ratio is known that well; --trials is then the least")
      ->type_name("SHARE");
  command
      ->add_option("--budget", options->budget_s, "No round begins that would end later than so many seconds")
      ->type_name("S");
  command
      ->add_option("--patience", options->patience_s,
                   "A trial's process that needs so many seconds more than its phases is ended")
      ->type_name("S [45]");
  command
      ->add_option("--quarantine", options->quarantine,
                   fmt::format("Rules that set disturbed trials and pairs of turns aside, of {}",
                               fmt::join(quarantine_names(), ", ")))
      ->delimiter(',')
      ->type_name("KEY=VALUE[,...]|off");
  command
      ->add_flag("--allow-slow-build", options->allow_slow_build,
                 "Runs with a debug, checked or sanitizer build too")
      ->envname("BATON_ALLOW_SLOW_BUILD");
  command->add_flag("--quiet", options->quiet, "Says nothing but errors");
  command->add_flag("--json", options->json, "Events as JSON lines on standard output, for programs");
  for (const trial::Setting& setting : trial::settings()) {
    if (setting.option != "seed") {
      add_axis(*command, *options, setting);
    }
  }
  const auto run = [options, command]() -> int {
    if (options->quiet && options->json) {
      throw BadInput("--quiet says nothing and --json says everything; give one of them");
    }
    const auto output = options->quiet  ? suite::Output::quiet
                        : options->json ? suite::Output::json_lines
                                        : suite::Output::automatic;
    if (const auto reasons = unfit_for_results(build_info());
        !reasons.empty() && !options->allow_slow_build) {
      throw BadInput(
          fmt::format("this build is no measure: {}; valid is a Release build (cmake --preset "
                      "release), or --allow-slow-build where figures do not matter",
                      fmt::join(reasons, ", ")));
    }
    if (!options->resume.empty()) {
      if (!options->out.empty() || !options->suite.empty() || !options->strategies.empty() ||
          !options->workloads.empty() || !options->axes.empty() || takes_plan_options(*command)) {
        throw BadInput(
            "--resume goes on with the plan in its directory; it takes no other option but --quiet and "
            "--json");
      }
      return suite::resume(options->resume, output);
    }
    suite::RunRequest request = request_of(*options, *command);
    require("--out", options->out, "--out out/first");
    request.out = options->out;
    return suite::run(request, output);
  };
  return {.app = command, .run = run};
}

}  // namespace baton::cli
