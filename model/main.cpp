// baton_model: the strategies under a model checker.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "model/evidence.hpp"

namespace {

using namespace baton::model;

constexpr int kGood = 0;
constexpr int kNo = 1;
constexpr int kBadInput = 2;
constexpr int kSkipped = 77;

struct Options {
  std::string strategy;
  std::string scenario;
  std::string schedule = "0";
  std::string file;
  std::uint64_t generated = 40;
  double minutes = 0;
  Effort effort;
};

// One of that name, or all.
std::vector<Strategies> chosen(const std::string& name) {
  if (name.empty()) {
    return strategies();
  }
  if (const Strategies* const found = find_strategy(name)) {
    return {*found};
  }
  std::string valid;
  for (const Strategies& one : strategies()) {
    valid += (valid.empty() ? "" : ", ") + std::string(one.promises->name);
  }
  throw std::invalid_argument(fmt::format("there is no strategy '{}'; valid are {}", name, valid));
}

// One that was named, and whose locks are not the platform's: its threads could not be told to take turns.
bool is_opaque(const Options& options) {
  if (options.strategy.empty() || !chosen(options.strategy).front().promises->opaque) {
    return false;
  }
  fmt::print("{} is opaque (kPromises): it reaches past the platform, and is not explored\n",
             options.strategy);
  return true;
}

int print_complaints(const Evidence& evidence) {
  const std::vector<std::string> sentences = complaints(evidence);
  for (const std::string& sentence : sentences) {
    fmt::print(stderr, "{}\n", sentence);
  }
  return sentences.empty() ? kGood : kNo;
}

int explore_all(const Options& options) {
  int code = kGood;
  for (const Strategies& strategy : chosen(options.strategy)) {
    Evidence evidence;
    if (options.scenario.empty()) {
      explore_scenarios(strategy, options.effort, evidence,
                        [&](std::uint64_t done) { return done < options.generated; });
    } else {
      const Searched searched = search(strategy, parse_scenario(options.scenario), options.effort);
      evidence.strategy = strategy.promises->name;
      evidence.scenarios = 1;
      evidence.complete = searched.all ? 1 : 0;
      evidence.schedules = searched.schedules;
      if (searched.failure) {
        evidence.failures = {shortened(strategy, *searched.failure)};
      }
    }
    fmt::print("{}: {} schedules of {} scenarios, {} of them with all their schedules\n", evidence.strategy,
               evidence.schedules, evidence.scenarios, evidence.complete);
    for (const Found& failure : evidence.failures) {
      fmt::print("{}\n", fmt::join(interleaving(strategy, failure.scenario, failure.schedule), "\n"));
    }
    code = std::max(code, print_complaints(evidence));
  }
  return code;
}

int hunt_all(const Options& options) {
  int code = kGood;
  for (const Strategies& strategy : chosen(options.strategy)) {
    Evidence evidence;
    hunt_mutants(strategy, evidence);
    for (const auto* list : {&evidence.mutants, &evidence.orders}) {
      for (const Hunted& one : *list) {
        fmt::print("{}: {}: {}\n", evidence.strategy, one.name,
                   one.found ? fmt::format("found in '{}' after {} schedules: {}", one.found->scenario.text(),
                                           one.schedules, one.found->what)
                             : fmt::format("not found in {} schedules", one.schedules));
      }
    }
    code = std::max(code, print_complaints(evidence));
  }
  return code;
}

int replay(const Options& options) {
  const Strategies strategy = chosen(options.strategy).front();
  const std::vector<std::string> lines =
      interleaving(strategy, parse_scenario(options.scenario), options.schedule);
  fmt::print("{}\n", fmt::join(lines, "\n"));
  return !lines.empty() && lines.back().starts_with("failed") ? kNo : kGood;
}

int gather(const Options& options) {
  std::ofstream file(options.file);
  if (!file) {
    throw std::invalid_argument("cannot write " + options.file);
  }
  using Clock = std::chrono::steady_clock;
  std::vector<Evidence> all;
  int code = kGood;
  for (const Strategies& strategy : strategies()) {
    Evidence evidence;
    hunt_mutants(strategy, evidence);
    const auto end = Clock::now() + std::chrono::duration<double, std::ratio<60>>(
                                        options.minutes / static_cast<double>(strategies().size()));
    explore_scenarios(strategy, options.effort, evidence, [&](std::uint64_t done) {
      return options.minutes > 0 ? Clock::now() < end : done < options.generated;
    });
    fmt::print("{}: {} schedules of {} scenarios\n", evidence.strategy, evidence.schedules,
               evidence.scenarios);
    code = std::max(code, print_complaints(evidence));
    all.push_back(std::move(evidence));
  }
  file << to_json(all, options.effort);
  return file ? code : kBadInput;
}

void add_effort(CLI::App& command, Options& options) {
  command.add_option("--generated", options.generated, "Generated scenarios, besides the known ones")
      ->capture_default_str();
  command
      .add_option("--systematic", options.effort.systematic,
                  "Most schedules of each round of a scenario: 1, 2, 3 and any number of preemptions")
      ->capture_default_str();
  command.add_option("--random", options.effort.random, "Random schedules where the rounds are not complete")
      ->capture_default_str();
  command.add_option("--seed", options.effort.seed, "Of the random schedules")->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("The strategies under a model checker (model/README.md)");
  program.require_subcommand(1);
  Options options;
  const auto add_strategy = [&](CLI::App& command) {
    command.add_option("--strategy", options.strategy, "One of the registry; without it all of them");
  };
  CLI::App* const explore = program.add_subcommand("explore", "Looks for schedules that break a strategy");
  add_strategy(*explore);
  explore->add_option("--scenario", options.scenario, "Only this one, as 'bgh|tR parked=1'");
  add_effort(*explore, options);
  CLI::App* const mutants =
      program.add_subcommand("mutants", "Plants faults and weakens memory orders; each must be found");
  add_strategy(*mutants);
  CLI::App* const replayed = program.add_subcommand("replay", "Prints one interleaving");
  replayed->add_option("--strategy", options.strategy, "Of the registry")->required();
  replayed->add_option("--scenario", options.scenario, "As 'bgh|tR parked=1'")->required();
  replayed->add_option("--schedule", options.schedule, "As it was printed")->capture_default_str();
  CLI::App* const evidence = program.add_subcommand("evidence", "All of it, for all strategies, into a file");
  evidence->add_option("--out", options.file, "File to write")->required();
  evidence->add_option("--minutes", options.minutes, "Explore scenarios for so long instead of --generated");
  add_effort(*evidence, options);
  CLI::App* const table = program.add_subcommand("table", "Prints the table of an evidence file");
  table->add_option("file", options.file, "What `baton_model evidence` wrote")->required();
  program.footer(
      "Examples:\n"
      "  baton_model explore --strategy lockfree_stack\n"
      "  baton_model explore --strategy two_cache --scenario 'ah|bgh|tRh parked=2'\n"
      "  baton_model mutants --strategy workspace_wait\n"
      "  baton_model table results/model-2026-11-29/evidence.json");
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kGood : kBadInput;
  }
  try {
    if (*explore) {
      return is_opaque(options) ? kSkipped : explore_all(options);
    }
    if (*mutants) {
      return is_opaque(options) ? kSkipped : hunt_all(options);
    }
    if (*replayed) {
      return replay(options);
    }
    if (*evidence) {
      return gather(options);
    }
    fmt::print("{}", table_of(options.file));
    return kGood;
  } catch (const std::exception& error) {
    fmt::print(stderr, "baton_model: {}\n", error.what());
    return kBadInput;
  }
}
