// baton_simulate: what `baton simulate` starts.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "harness/suite/suite_file.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/check.hpp"
#include "harness/trial/config_json.hpp"
#include "harness/trial/nearest.hpp"
#include "harness/trial/setting.hpp"
#include "harness/trial/workload.hpp"
#include "simulate/study.hpp"
#include "simulate/validation/published.hpp"

namespace baton::simulate {
namespace {

using baton::BadInput;

struct Options {
  std::string machine = "epyc_7742", suite, workloads, out;
  std::vector<std::string> strategies, chosen{"handoff_ratio"}, set;
  std::vector<std::uint32_t> cores{1, 2, 4, 8, 16, 32, 64, 96, 128, 256};
  std::uint32_t settings = 32, threads = 2, workers_per_pool = 16, threads_per_core = 1;
  double work_us = 10, ms = 1, holes_per_s = 0;
  std::uint64_t seed = 1;
  bool as_json = false, validate = false;
};

std::vector<Validated> validated() {
  std::vector<Validated> all;
  for (Series& series : published()) all.push_back(validate(std::move(series)));
  return all;
}

int validate_all(bool as_json) {
  const std::vector<Validated> all = validated();
  fmt::print("{}", as_json ? to_json(all).dump(1) + "\n" : text_of(all));
  return 0;
}

std::vector<Row> chosen_rows(const std::vector<std::string>& names) {
  std::vector<Row> chosen;
  for (const Row& row : rows())
    if (names.empty() || std::ranges::find(names, row.name) != names.end()) chosen.push_back(row);
  for (const std::string& name : names) {
    if (std::ranges::find(rows(), name, &Row::name) != rows().end()) continue;
    std::vector<std::string_view> valid;
    for (const Row& row : rows()) valid.push_back(row.name);
    const bool opaque = std::ranges::find(opaque_rows(), name) != opaque_rows().end();
    throw BadInput(fmt::format(
        "--strategy {}: {}; valid are {}", name,
        opaque ? "it is opaque, with locks or exchanges past the platform, and cannot be simulated"
               : "there is none of that name",
        fmt::join(valid, ", ")));
  }
  return chosen;
}

// What is not valid is said of the setting.
template <class F>
void named(const trial::Setting& setting, F take) {
  try {
    take();
  } catch (const BadInput& error) {
    throw BadInput(fmt::format("{}.{} {}", setting.section, setting.key, error.what()));
  }
}

Scenario scenario_of(const Options& options, std::string workload, const trial::TrialConfig& config) {
  return {.workload = std::move(workload),
          .config = config,
          .work_us = options.work_us,
          .ms = options.ms,
          .workers_per_pool = options.workers_per_pool,
          .threads_per_core = options.threads_per_core,
          .holes = {.per_s = options.holes_per_s}};
}

// Every combination of a workload's sweeps.
void add_cells(const Options& options, const trial::Workload& workload, std::vector<Cell>& cells) {
  std::vector<trial::Sweep> sweeps;
  trial::TrialConfig base = workload.config;
  for (const trial::Sweep& sweep : workload.sweeps) sweeps.push_back(sweep);
  for (const std::string& text : options.set) {
    const std::size_t equals = text.find('='), point = text.find('.');
    const trial::Setting* setting =
        equals != std::string::npos && point < equals
            ? trial::find_setting(text.substr(0, point), text.substr(point + 1, equals - point - 1))
            : nullptr;
    if (setting == nullptr)
      throw BadInput(
          fmt::format("--set {}: valid is SECTION.KEY=VALUE of a workload, as handoff.ratio=0.5", text));
    std::erase_if(sweeps, [&](const trial::Sweep& sweep) { return sweep.setting == setting; });
    std::string values = text.substr(equals + 1);
    trial::Sweep given{setting, {}};
    for (std::size_t comma = 0; comma != std::string::npos;) {
      comma = values.find(',');
      named(*setting, [&] { given.values.push_back(trial::parse_value(*setting, values.substr(0, comma))); });
      if (comma != std::string::npos) values.erase(0, comma + 1);
    }
    sweeps.push_back(std::move(given));
  }
  const auto expand = [&](auto&& self, std::size_t at, const trial::TrialConfig& config,
                          const std::string& label,
                          const std::vector<std::pair<std::string, std::string>>& swept) -> void {
    if (at == sweeps.size()) {
      trial::check(config);
      cells.push_back({label, scenario_of(options, workload.name, config), swept});
      return;
    }
    for (const trial::Value& value : sweeps[at].values) {
      trial::TrialConfig next = config;
      named(*sweeps[at].setting, [&] { trial::accept(*sweeps[at].setting, next, value); });
      const trial::Setting& setting = *sweeps[at].setting;
      std::vector<std::pair<std::string, std::string>> further = swept;
      further.emplace_back(fmt::format("{}.{}", setting.section, setting.key), trial::to_text(value));
      self(self, at + 1, next, fmt::format("{} {}={}", label, setting.key, trial::to_text(value)), further);
    }
  };
  expand(expand, 0, base, workload.name, {});
}

// Every configuration of a suite once; all rows are simulated.
void add_cells_of_suite(const Options& options, const std::vector<trial::Workload>& workloads,
                        std::vector<Cell>& cells) {
  std::vector<suite::AskedCell> asked;
  for (suite::AskedCell& cell :
       suite::read_suite(suite::find_suite(options.suite, options.workloads), workloads).cells) {
    cell.config.strategy.clear();
    const auto same = [told = trial::to_json(cell.config)](const suite::AskedCell& other) {
      return trial::to_json(other.config) == told;
    };
    if (std::ranges::none_of(asked, same)) asked.push_back(std::move(cell));
  }
  const std::vector<std::string> ids = suite::cell_ids(asked);
  for (std::size_t i = 0; i < asked.size(); ++i)
    cells.push_back({.label = ids[i].substr(1),  // behind the strategy
                     .scenario = scenario_of(options, asked[i].config.workload, asked[i].config),
                     .swept = {}});
}

int run(Options options) {
  Plan plan;
  plan.machine = machine_named(options.machine);
  plan.rows = chosen_rows(options.strategies);
  const std::vector<trial::Workload> workloads =
      trial::read_workloads(trial::workload_directory(options.workloads));
  if (!options.suite.empty()) {
    add_cells_of_suite(options, workloads, plan.cells);
  } else {
    for (const std::string& name : options.chosen)
      add_cells(options, trial::find_workload(workloads, name), plan.cells);
  }
  std::ranges::sort(options.cores);
  for (const std::uint32_t cores : options.cores)
    if (cores == 0 || cores > plan.machine.places())
      throw BadInput(fmt::format("--cores {}: {} has {} places; valid are 1 to {}", cores, plan.machine.name,
                                 plan.machine.places(), plan.machine.places()));
  plan.cores = options.cores;
  plan.settings = unknown_settings(options.settings, options.seed);
  plan.threads = options.threads;
  if (!options.out.empty() && std::filesystem::exists(options.out))
    throw BadInput(fmt::format("--out {} is there already; nothing is overwritten", options.out));
  const auto begun = std::chrono::steady_clock::now();
  const std::vector<CellStudy> cells = study(plan);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  nlohmann::json told = to_json(plan, cells);
  told["validation"] = to_json(validated());
  if (!options.out.empty()) {
    std::ofstream file(options.out);
    file << told.dump() << '\n';
    if (!file.flush()) throw BadInput(fmt::format("--out {} cannot be written", options.out));
  }
  if (options.as_json) {
    fmt::print("{}\n", told.dump(1));
  } else {
    fmt::print("{}\n", text_of(plan, cells));
    if (options.strategies.empty() && !opaque_rows().empty())
      fmt::print("Left out, since they go past the platform: {}\n", fmt::join(opaque_rows(), ", "));
    fmt::print("{:.1f} s\n", seconds);
  }
  return 0;
}

}  // namespace
}  // namespace baton::simulate

int main(int argc, char** argv) {
  using namespace baton::simulate;
  CLI::App program(
      "The strategies on simulated cores: who collapses, roughly where, and because of which line of memory",
      "baton simulate");
  Options options;
  program
      .add_option("--machine", options.machine,
                  "A preset, here (costs are measured now), or a file NAME.toml")
      ->capture_default_str();
  program.add_option("--strategy", options.strategies, "Rows; all that are not opaque")->delimiter(',');
  CLI::Option* const workload =
      program.add_option("--workload", options.chosen, "Workloads")->delimiter(',')->capture_default_str();
  CLI::Option* const set =
      program.add_option("--set", options.set, "SECTION.KEY=VALUE[,VALUE...] of the workloads");
  program
      .add_option("--suite", options.suite,
                  "A suite's configurations instead of workloads: a file, or a name as quick; all rows")
      ->excludes(workload)
      ->excludes(set);
  program.add_option("--workloads", options.workloads, "Where workload files are");
  program.add_option("--cores", options.cores, "Numbers of cores")->delimiter(',')->capture_default_str();
  program.add_option("--settings", options.settings, "Settings of what is not known of a machine")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  program.add_option("--work-us", options.work_us, "CPU of a request beside ownership")
      ->check(CLI::Range(0.01, 1e6))
      ->capture_default_str();
  program.add_option("--ms", options.ms, "Virtual time of each point")
      ->check(CLI::Range(0.01, 1e4))
      ->capture_default_str();
  program
      .add_option("--workers-per-pool", options.workers_per_pool,
                  "Workers that share a dispatch queue, at most")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  program
      .add_option("--threads-per-core", options.threads_per_core,
                  "Workers that share a core, in slices of 1.5 to 6 ms: oversubscription")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  program
      .add_option("--holes-per-s", options.holes_per_s,
                  "Times a second that a worker is put to sleep for 1 to 4 ms (default: as the workload's "
                  "faults say)")
      ->check(CLI::Range(0.0, 1e5))
      ->capture_default_str();
  program.add_option("--seed", options.seed, "Of everything random")->capture_default_str();
  program.add_option("--threads", options.threads, "Threads of this machine")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  program.add_option("--out", options.out, "A file for the record, as simulate/schema.json says");
  program.add_flag("--validate", options.validate, "Instead: what others published beside its simulation");
  program.add_flag("--json", options.as_json, "Prints the record");
  program.footer(
      "Examples:\n"
      "  baton simulate --cores 1,8,64 --strategy locked_pool,two_cache\n"
      "  baton simulate --workload handoff_ratio --set handoff.ratio=0,0.5,1 --out simulated.json\n"
      "  baton simulate --machine here --cores 1,2 --work-us 1\n"
      "  baton simulate --suite quick --settings 5\n"
      "What it is good for, and what not: docs/simulation.md");
  try {
    program.parse(argc, argv);
    return options.validate ? validate_all(options.as_json) : run(std::move(options));
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "baton simulate: {}\n", error.what());
    return 2;
  }
}
