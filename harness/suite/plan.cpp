#include "harness/suite/plan.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <fmt/format.h>

#include "harness/trial/config_json.hpp"
#include "harness/trial/record.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

// A run's identity: when it was planned, and chance, so that two runs in one second differ.
std::string make_run_id() {
  std::string id = trial::timestamp().substr(0, 19);
  std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
  return fmt::format("{}-{:06x}", id, std::random_device{}() & 0xFFFFFF);
}

// Which settings the cells of one workload do not agree on, as JSON pointers into the configuration.
std::map<std::string, std::set<std::string>> differing_settings(const std::vector<json>& cells) {
  std::map<std::string, std::map<std::string, std::set<std::string>>> values;
  for (const json& cell : cells) {
    const json flat = cell.flatten();
    for (const auto& [pointer, value] : flat.items()) {
      values[cell.at("workload")][pointer].insert(value.dump());
    }
  }
  std::map<std::string, std::set<std::string>> differing;
  for (const auto& [workload, settings] : values) {
    for (const auto& [pointer, seen] : settings) {
      if (seen.size() > 1 && pointer != "/strategy" && pointer != "/oversubscribed") {
        differing[workload].insert(pointer);
      }
    }
  }
  return differing;
}

// Which cells share a process: those that differ in the strategy only, if they are sliced; else none.
std::vector<std::vector<std::size_t>> processes_of(const std::vector<trial::TrialConfig>& cells) {
  std::vector<std::vector<std::size_t>> groups;
  std::map<std::string, std::size_t> of_variant;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].slice_ms == 0) {
      groups.push_back({i});
      continue;
    }
    json variant = to_json(cells[i]);
    variant.erase("strategy");
    const auto [place, is_new] = of_variant.emplace(variant.dump(), groups.size());
    if (is_new) {
      groups.emplace_back();
    }
    groups[place->second].push_back(i);
  }
  return groups;
}

}  // namespace

std::vector<std::string> cell_ids(const std::vector<trial::TrialConfig>& cells) {
  std::vector<json> configurations;
  for (const trial::TrialConfig& cell : cells) {
    configurations.push_back(to_json(cell));
  }
  const auto differing = differing_settings(configurations);
  std::vector<std::string> ids;
  for (const json& cell : configurations) {
    std::string id =
        fmt::format("{}/{}", cell.at("strategy").get<std::string>(), cell.at("workload").get<std::string>());
    const auto settings = differing.find(cell.at("workload"));
    if (settings != differing.end()) {
      const json flat = cell.flatten();
      for (const std::string& pointer : settings->second) {
        if (flat.contains(pointer)) {
          const json& value = flat.at(pointer);
          id += fmt::format("/{}={}", pointer.substr(1),
                            value.is_string() ? value.get<std::string>() : value.dump());
        }
      }
    }
    ids.push_back(std::move(id));
  }
  return ids;
}

Plan make_plan(const RunRequest& request) {
  Plan plan{.run_id = make_run_id(), .suite = request.suite, .seed = request.seed, .trials = {}};
  const std::vector<std::string> ids = cell_ids(request.cells);
  const auto add = [&](std::size_t cell, trial::Role role, std::uint32_t round) {
    trial::TrialSpec spec{.config = request.cells[cell],
                          .role = role,
                          .trial_id = fmt::format("{}-{:05}", plan.run_id, plan.trials.size()),
                          .run_id = plan.run_id,
                          .suite = request.suite,
                          .cell_id = ids[cell],
                          .round = round,
                          .members = {}};
    spec.config.seed = request.seed + round;
    plan.trials.push_back(std::move(spec));
  };
  for (std::size_t cell = 0; cell < request.cells.size(); ++cell) {
    add(cell, trial::Role::verifying, 0);
  }
  std::mt19937_64 random(request.seed);
  const std::vector<std::vector<std::size_t>> groups = processes_of(request.cells);
  std::vector<std::size_t> order(groups.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  const auto add_members = [&](const std::vector<std::size_t>& cells) {
    trial::TrialSpec& spec = plan.trials.back();
    for (const std::size_t cell : cells) {
      spec.members.push_back({.strategy = request.cells[cell].strategy,
                              .cell_id = ids[cell],
                              .trial_id = fmt::format("{}-{}", spec.trial_id, spec.members.size())});
    }
  };
  for (std::uint32_t round = 1; round <= request.trials; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (const std::size_t group : order) {
      const std::vector<std::size_t>& cells = groups[group];
      add(cells.front(), trial::Role::timed, round);
      if (request.cells[cells.front()].slice_ms != 0) {
        add_members(cells);
      }
    }
  }
  return plan;
}

json to_json(const Plan& plan) {
  json trials = json::array();
  for (const trial::TrialSpec& spec : plan.trials) {
    trials.push_back(to_json(spec));
  }
  return {{"run_id", plan.run_id}, {"suite", plan.suite}, {"seed", plan.seed}, {"trials", std::move(trials)}};
}

Plan plan_from_json(const json& told) {
  Plan plan{.run_id = told.at("run_id"), .suite = told.at("suite"), .seed = told.at("seed"), .trials = {}};
  for (const auto& spec : told.at("trials")) {
    plan.trials.push_back(trial::spec_from_json(spec));
  }
  return plan;
}

}  // namespace baton::suite
