#include "harness/suite/plan.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <fmt/format.h>

#include "harness/stats/random.hpp"
#include "harness/suite/evidence.hpp"
#include "harness/suite/questions.hpp"
#include "harness/suite/shared_parts.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/config_json.hpp"
#include "harness/trial/record.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr int kPlanVersion = 3;

// Verification is about counts, not times: shorter, and with the same number of threads.
constexpr double kVerifyMeasureS = 0.3;
constexpr double kVerifyRampS = 0.05;

trial::TrialConfig verification_of(trial::TrialConfig config) {
  config.measure_s = std::min(config.measure_s, kVerifyMeasureS);
  config.ramp_s = std::min(config.ramp_s, kVerifyRampS);
  config.calm_s = 0;
  return config;
}

// A run's identity: when it was planned, and chance, so that two runs in one second differ.
std::string make_run_id() {
  std::string id = trial::timestamp().substr(0, 19);
  std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
  return fmt::format("{}-{:06x}", id, std::random_device{}() & 0xFFFFFF);
}

// Every baseline has to be some cell's, or nothing would be compared and nobody would notice.
void check_baselines(const std::vector<Baseline>& baselines, const std::vector<json>& configurations) {
  for (const Baseline& baseline : baselines) {
    const json::json_pointer at(baseline.axis);
    std::set<std::string> valid;
    for (const json& one : configurations) {
      if (one.contains(at)) valid.insert(one.at(at).dump());
    }
    if (!valid.contains(baseline.value.dump())) {
      throw BadInput(fmt::format("the baseline {} = {} is none of the cells'; valid is {}",
                                 baseline.axis.substr(1), baseline.value.dump(), fmt::join(valid, ", ")));
    }
  }
}

// The cells that others are compared with along the first axis: A/A there shows the resolution of all
// comparisons within a variant, and of those across variants too, whose rounds are the same.
std::vector<bool> baseline_cells(const std::vector<Baseline>& baselines,
                                 const std::vector<json>& configurations) {
  std::vector<bool> is_baseline(configurations.size(), false);
  if (baselines.empty()) return is_baseline;
  const json::json_pointer at(baselines.front().axis);
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    is_baseline[i] = configurations[i].contains(at) && configurations[i].at(at) == baselines.front().value;
  }
  return is_baseline;
}

trial::TrialSpec spec_of(const Plan& plan, std::size_t cell, trial::Role role, std::uint32_t round) {
  const bool verifying = role == trial::Role::verifying;
  const trial::TrialConfig& config = plan.cells[cell].config;
  trial::TrialSpec spec{.config = verifying ? verification_of(config) : config,
                        .role = role,
                        .trial_id = verifying ? fmt::format("{}-v-c{:05}", plan.run_id, cell)
                                              : fmt::format("{}-r{:03}-c{:05}", plan.run_id, round, cell),
                        .run_id = plan.run_id,
                        .suite = plan.suite,
                        .cell_id = plan.cells[cell].id,
                        .round = round,
                        .members = {}};
  spec.config.seed = plan.seed + round;
  return spec;
}

// Which cells share a process: those that differ in the strategy only, if they are sliced; else none.
std::vector<std::vector<std::size_t>> processes_of(const std::vector<PlannedCell>& cells) {
  std::vector<std::vector<std::size_t>> processes;
  std::map<std::string, std::size_t> of_variant;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].config.slice_ms == 0) {
      processes.push_back({i});
      continue;
    }
    json variant = trial::to_json(cells[i].config);
    variant.erase("strategy");
    const auto [place, is_new] = of_variant.emplace(variant.dump(), processes.size());
    if (is_new) processes.emplace_back();
    processes[place->second].push_back(i);
  }
  return processes;
}

trial::TrialSpec timed_trial_of(const Plan& plan, const std::vector<std::size_t>& cells,
                                std::uint32_t round) {
  trial::TrialSpec spec = spec_of(plan, cells.front(), trial::Role::timed, round);
  if (spec.config.slice_ms == 0) return spec;
  for (const std::size_t cell : cells) {
    trial::TrialSpec own = spec_of(plan, cell, trial::Role::timed, round);
    spec.members.push_back({.strategy = std::move(own.config.strategy),
                            .cell_id = std::move(own.cell_id),
                            .trial_id = std::move(own.trial_id)});
  }
  spec.trial_id = fmt::format("{}-r{:03}-g{:05}", plan.run_id, round, cells.front());
  return spec;
}

}  // namespace

Plan make_plan(const RunRequest& request) {
  Plan plan{.run_id = make_run_id(),
            .suite = request.suite,
            .seed = request.seed,
            .rounds = request.trials,
            .policy = request.policy,
            .fallbacks = request.fallbacks,
            .expectations = request.expectations,
            .cells = {}};
  std::vector<json> configurations;
  for (const AskedCell& cell : request.cells) configurations.push_back(trial::to_json(cell.config));
  if (plan.policy.baselines.empty()) plan.policy.baselines = default_baselines(configurations);
  check_baselines(plan.policy.baselines, configurations);
  const std::vector<bool> is_baseline = baseline_cells(plan.policy.baselines, configurations);
  const std::vector<std::string> ids = cell_ids(request.cells);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!seen.insert(ids[i]).second) continue;  // asked for twice: the same cell
    const AskedCell& asked = request.cells[i];
    plan.cells.push_back(
        {.id = ids[i], .config = asked.config, .again = false, .rounds = asked.trials, .asks = asked.asks});
    if (plan.policy.again && is_baseline[i]) {
      plan.cells.push_back({.id = ids[i] + std::string(kAgain),
                            .config = asked.config,
                            .again = true,
                            .rounds = asked.trials,
                            .asks = asked.asks});
    }
  }
  return plan;
}

std::vector<trial::TrialSpec> verification_of(const Plan& plan) {
  std::vector<trial::TrialSpec> specs;
  for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) {
    if (!plan.cells[cell].again) specs.push_back(spec_of(plan, cell, trial::Role::verifying, 0));
  }
  return specs;
}

std::vector<trial::TrialSpec> round_of(const Plan& plan, std::uint32_t round) {
  std::vector<std::vector<std::size_t>> processes = processes_of(plan.cells);
  // A generator per round, so that a resumed run finds any round's order without those before it.
  std::seed_seq mixed{static_cast<std::uint32_t>(plan.seed), static_cast<std::uint32_t>(plan.seed >> 32U),
                      round};
  std::uint64_t seed = 0;
  mixed.generate(&seed, &seed + 1);
  stats::Random random(seed);
  for (std::size_t i = processes.size(); i > 1; --i) {
    std::swap(processes[i - 1], processes[random.below(i)]);
  }
  std::vector<trial::TrialSpec> specs;
  for (auto& cells : processes) {
    std::erase_if(cells, [&](std::size_t cell) { return !plan.cells[cell].takes_part(round); });
    if (!cells.empty()) specs.push_back(timed_trial_of(plan, cells, round));
  }
  return specs;
}

trial::TrialSpec rerun_of(const trial::TrialSpec& spec, std::uint32_t attempt) {
  trial::TrialSpec again = spec;
  again.trial_id = fmt::format("{}-a{}", spec.trial_id, attempt);
  for (trial::Member& member : again.members) {
    member.trial_id = fmt::format("{}-a{}", member.trial_id, attempt);
  }
  return again;
}

json to_json(const Plan& plan) {
  json cells = json::array();
  json configurations = json::object();  // of the records to come, by digest
  const auto digest = [&](const trial::TrialConfig& config) {
    json parameters = trial::recorded(config);
    std::string name = digest_of(parameters);
    configurations[name] = std::move(parameters);
    return name;
  };
  for (const PlannedCell& cell : plan.cells) {
    cells.push_back({{"cell_id", cell.id},
                     {"again", cell.again},
                     {"rounds", cell.rounds},
                     {"asks", cell.asks},
                     {"configuration", digest(cell.config)},
                     {"verification", digest(verification_of(cell.config))}});
  }
  return {{"plan_version", kPlanVersion}, {"run_id", plan.run_id},
          {"suite", plan.suite},          {"seed", plan.seed},
          {"rounds", plan.rounds},        {"policy", to_json(plan.policy)},
          {"fallbacks", plan.fallbacks},  {"expectations", to_json(plan.expectations)},
          {"cells", std::move(cells)},    {"configurations", std::move(configurations)}};
}

Plan plan_from_json(const json& told) {
  if (const int version = told.value("plan_version", 1); version != kPlanVersion) {
    throw BadInput(fmt::format("plan_version is {}; this program goes on with plans of version {}", version,
                               kPlanVersion));
  }
  Plan plan{.run_id = told.at("run_id"),
            .suite = told.at("suite"),
            .seed = told.at("seed"),
            .rounds = told.at("rounds"),
            .policy = policy_from_json(told.at("policy")),
            .fallbacks = told.value("fallbacks", std::vector<std::string>{}),
            .expectations = expectations_from_json(told.value("expectations", json::array())),
            .cells = {}};
  const json& configurations = told.at("configurations");
  for (const json& cell : told.at("cells")) {
    plan.cells.push_back(
        {.id = cell.at("cell_id"),
         .config = trial::config_from_json(configurations.at(cell.at("configuration").get<std::string>())),
         .again = cell.at("again"),
         .rounds = cell.value("rounds", 0U),
         .asks = cell.value("asks", std::vector<std::string>{})});
  }
  return plan;
}

}  // namespace baton::suite
