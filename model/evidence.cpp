#include "model/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace baton::model {
namespace {

void note(const Scenario& scenario, Evidence& evidence) {
  evidence.threads = std::max(evidence.threads, scenario.threads.size());
  for (const std::string& steps : scenario.threads) {
    evidence.steps = std::max(evidence.steps, steps.size());
  }
  evidence.buffers = std::max<std::size_t>(evidence.buffers, scenario.parked);
}

nlohmann::json json_of(const Found& found) {
  return {{"scenario", found.scenario.text()}, {"failure", found.what}, {"schedule", found.schedule}};
}
nlohmann::json json_of(const Hunted& hunted) {
  nlohmann::json json = {
      {"name", hunted.name}, {"found", hunted.found.has_value()}, {"schedules", hunted.schedules}};
  if (hunted.found) {
    json.update(json_of(*hunted.found));
  }
  return json;
}
std::size_t found_of(const std::vector<Hunted>& all) {
  return static_cast<std::size_t>(
      std::ranges::count_if(all, [](const Hunted& one) { return one.found.has_value(); }));
}

}  // namespace

void explore_scenarios(const Strategies& strategy, const Effort& effort, Evidence& evidence,
                       const std::function<bool(std::uint64_t)>& more) {
  evidence.strategy = strategy.promises->name;
  for (std::uint64_t i = 0; i < known_scenarios().size() || more(i - known_scenarios().size()); ++i) {
    const Scenario scenario = i < known_scenarios().size() ? parse_scenario(known_scenarios()[i])
                                                           : generated_scenario(i - known_scenarios().size());
    note(scenario, evidence);
    const Searched searched = search(strategy, scenario, effort);
    ++evidence.scenarios;
    evidence.schedules += searched.schedules;
    evidence.complete += searched.all ? 1 : 0;
    if (searched.failure) {
      evidence.failures.push_back(shortened(strategy, *searched.failure));
    }
  }
  evidence.not_covered = {
      fmt::format("more than {} threads, {} steps a thread or {} buffers", evidence.threads, evidence.steps,
                  std::max<std::size_t>(evidence.buffers, 4)),
      "loads of a store more than two older than the newest",
      "memory that runs out",
      "sample() while workers run",
  };
  if (evidence.complete != evidence.scenarios) {
    evidence.not_covered.push_back(
        fmt::format("every schedule of {} of the {} scenarios: bounded and random there",
                    evidence.scenarios - evidence.complete, evidence.scenarios));
  }
}

void hunt_mutants(const Strategies& strategy, Evidence& evidence) {
  evidence.strategy = strategy.promises->name;
  constexpr std::uint64_t kGenerated = 20;
  for (const Mutant& mutant : mutants_of(strategy)) {
    evidence.mutants.push_back(hunt(strategy, mutant, kGenerated, kHuntEffort));
  }
  for (const Mutant& mutant : weakenings_of(strategy)) {
    // One that is explained is looked for all the same, with less.
    const bool explained = !mutant.why_not_found.empty();
    const Effort effort = explained ? Effort{.systematic = 2'000, .random = 500} : kHuntEffort;
    evidence.orders.push_back(hunt(strategy, mutant, kGenerated, effort));
    if (!evidence.orders.back().found) {
      evidence.not_needed.push_back(mutant.why_not_found);
    }
  }
}

std::vector<std::string> complaints(const Evidence& evidence) {
  std::vector<std::string> sentences;
  for (const Found& failure : evidence.failures) {
    sentences.push_back(
        fmt::format("{}: '{}' fails: {}\n  baton_model replay --strategy {} --scenario '{}' --schedule {}",
                    evidence.strategy, failure.scenario.text(), failure.what, evidence.strategy,
                    failure.scenario.text(), failure.schedule));
  }
  for (const Hunted& mutant : evidence.mutants) {
    if (!mutant.found) {
      sentences.push_back(
          fmt::format("{}: the planted fault '{}' was not found", evidence.strategy, mutant.name));
    }
  }
  std::size_t not_found = 0;
  for (const Hunted& order : evidence.orders) {
    if (!order.found && evidence.not_needed[not_found++].empty()) {
      sentences.push_back(
          fmt::format("{}: nothing shows that this order is needed, and nothing explains it: {}",
                      evidence.strategy, order.name));
    }
  }
  return sentences;
}

std::string to_json(const std::vector<Evidence>& all, const Effort& effort) {
  nlohmann::json list = nlohmann::json::array();
  for (const Evidence& one : all) {
    nlohmann::json failures = nlohmann::json::array();
    std::ranges::transform(one.failures, std::back_inserter(failures),
                           [](const Found& found) { return json_of(found); });
    nlohmann::json mutants = nlohmann::json::array();
    std::ranges::transform(one.mutants, std::back_inserter(mutants),
                           [](const Hunted& hunted) { return json_of(hunted); });
    nlohmann::json orders = nlohmann::json::array();
    std::size_t not_found = 0;
    for (const Hunted& order : one.orders) {
      orders.push_back(json_of(order));
      if (!order.found) {
        orders.back()["why_kept"] = one.not_needed[not_found++];
      }
    }
    list.push_back({{"name", one.strategy},
                    {"threads", one.threads},
                    {"steps", one.steps},
                    {"scenarios", one.scenarios},
                    {"complete_scenarios", one.complete},
                    {"schedules", one.schedules},
                    {"failures", failures},
                    {"mutants_found", found_of(one.mutants)},
                    {"mutants", mutants},
                    {"orders_needed", found_of(one.orders)},
                    {"orders", orders},
                    {"not_covered", one.not_covered}});
  }
  return nlohmann::json{{"version", 1},
                        {"checker", "Relacy"},
                        {"systematic_schedules", effort.systematic},
                        {"random_schedules", effort.random},
                        {"seed", effort.seed},
                        {"strategies", list}}
             .dump(1) +
         "\n";
}

std::string table_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("there is no file " + path +
                             " to read; `baton_model evidence --out FILE` makes one");
  }
  try {
    const nlohmann::json evidence = nlohmann::json::parse(file);
    std::string table =
        "| strategy | threads, steps | scenarios (all schedules) | schedules | failures | planted "
        "faults found | memory orders needed |\n|---|---|---|---|---|---|---|\n";
    std::string kept;
    for (const nlohmann::json& one : evidence.at("strategies")) {
      const std::string name = one.at("name");
      table += fmt::format(
          "| `{}` | {}, {} | {} ({}) | {} | {} | {} of {} | {} of {} |\n", name, one.at("threads").get<int>(),
          one.at("steps").get<int>(), one.at("scenarios").get<std::uint64_t>(),
          one.at("complete_scenarios").get<std::uint64_t>(), one.at("schedules").get<std::uint64_t>(),
          one.at("failures").size(), one.at("mutants_found").get<std::uint64_t>(), one.at("mutants").size(),
          one.at("orders_needed").get<std::uint64_t>(), one.at("orders").size());
      for (const nlohmann::json& order : one.at("orders")) {
        if (!order.at("found").get<bool>()) {
          kept += fmt::format("\n`{}`, {}: not shown to be needed; {}.\n", name,
                              order.at("name").get<std::string>(), order.at("why_kept").get<std::string>());
        }
      }
    }
    return table + kept;
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(path + " is not the checker's evidence: " + error.what());
  }
}

}  // namespace baton::model
