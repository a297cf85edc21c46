// baton count: what ownership costs a request, in instructions, locks and lines. And baton script, which it
// starts under callgrind.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/options.hpp"
#include "harness/suite/counts.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/setting.hpp"
#include "harness/trial/workload.hpp"

namespace baton::cli {
namespace {

struct CountOptions {
  std::vector<std::string> strategies{"all"};
  std::string workload;
  std::string workload_directory;
  std::string out;
  std::uint64_t warm_up = 200;
  std::uint64_t requests = 1000;
  bool json = false;
  bool check = false;
  GivenSettings settings;
};

std::vector<std::string> names_given(const std::vector<std::string>& given) {
  std::vector<std::string> names;
  for (const std::string& name : given) {
    if (std::ranges::count(trial::strategy_groups(), name) != 0) {
      for (const std::string_view one : trial::strategies_called(name)) names.emplace_back(one);
    } else {
      names.emplace_back(strategy_named(name).name());
    }
  }
  return names;
}

int count(const CountOptions& options) {
  require("--workload", options.workload, "--workload handoff_ratio --handoff 0.5");
  if (!options.out.empty() && std::filesystem::exists(options.out)) {
    throw BadInput(fmt::format("--out {} is there already; results are not overwritten", options.out));
  }
  const auto workloads = trial::read_workloads(trial::workload_directory(options.workload_directory));
  const trial::Workload& workload = trial::find_workload(workloads, options.workload);
  suite::CountRequest request{.strategy = {},
                              .config = single_config(workload, options.settings),
                              .length = {.warm_up = options.warm_up, .requests = options.requests}};
  std::vector<nlohmann::json> strategies;
  for (const std::string& name : names_given(options.strategies)) {
    request.strategy = name;
    strategies.push_back(suite::count_calls(request));
    if (options.check) strategies.back()["processor"] = suite::ask_processor(request);
  }
  const bool agrees = !options.check || std::ranges::all_of(strategies, suite::processor_agrees);
  const nlohmann::json counts = suite::counts_json(request, std::move(strategies));
  std::cout << (options.json ? counts.dump(1) + "\n" : suite::counts_text(counts)) << std::flush;
  if (!options.out.empty()) {
    std::ofstream file(options.out);
    file << counts.dump(1) << '\n';
    if (!file.flush()) throw std::runtime_error("cannot write " + options.out);
  }
  if (!agrees) throw std::runtime_error("the processor counted other instructions than callgrind");
  return kGood;
}

}  // namespace

Command add_count(CLI::App& program) {
  const auto options = std::make_shared<CountOptions>();
  CLI::App* command = program.add_subcommand(
      "count",
      "Counts what ownership costs a request: instructions, locks, allocations, the same every time");
  command->footer(
      "Examples:\n"
      "  baton count --workload handoff_ratio --handoff 0.5\n"
      "  baton count --strategy heap,two_cache --workload handoff_ratio --handoff 1 --out counts.json\n"
      "The contract's calls of a request are made one at a time, in the pipeline's order, and counted under "
      "valgrind.\n"
      "So nothing here depends on the machine or on what else it does; nothing here says how long it takes, "
      "either.\n"
      "Sorted by instructions. Exit codes: 0 good, 1 counting failed, 2 bad input or no valgrind.");
  command->add_option("--strategy", options->strategies, "Strategies, or all [all]")
      ->delimiter(',')
      ->type_name("NAME[,...]");
  command->add_option("--workload", options->workload, "What the requests are like")->type_name("NAME");
  command->add_option("--workloads", options->workload_directory, "Where workload files are")
      ->type_name("DIR");
  add_number(*command, "--warm-up", options->warm_up, "Requests before anything is counted", 0, 1'000'000);
  add_number(*command, "--requests", options->requests, "Requests that are counted", 1, 1'000'000);
  command->add_flag("--check", options->check,
                    "Has the processor count the instructions, too, where it has a counter for us");
  command->add_option("--out", options->out, "Keeps the counts as JSON; must not exist yet")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "The counts as JSON on standard output, for programs");
  for (const trial::Setting& setting : trial::settings()) add_setting(*command, options->settings, setting);
  return {.app = command, .run = [options]() -> int { return count(*options); }};
}

Command add_script(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("script", "Makes the calls of requests: a configuration on standard input")
          ->group("");  // 'baton count' starts it
  return {.app = command, .run = suite::serve_as_script};
}

}  // namespace baton::cli
