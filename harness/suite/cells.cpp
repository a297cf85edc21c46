// From strategies, workloads and values to cells.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "harness/suite/metrics.hpp"
#include "harness/suite/suite_file.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/check.hpp"
#include "harness/trial/config_json.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::suite {

namespace {

std::vector<trial::TrialConfig> spread(std::vector<trial::TrialConfig> variants,
                                       const std::vector<Axis>& axes) {
  for (const Axis& axis : axes) {
    std::vector<trial::TrialConfig> more;
    for (const trial::TrialConfig& variant : variants) {
      for (const trial::Value& value : axis.values) {
        more.push_back(variant);
        trial::accept(*axis.setting, more.back(), value);
        if (axis.together != nullptr) trial::accept(*axis.together, more.back(), value);
      }
    }
    variants = std::move(more);
  }
  // A run may be resumed from elsewhere.
  for (trial::TrialConfig& variant : variants) {
    if (!variant.load.trace.empty()) variant.load.trace = std::filesystem::absolute(variant.load.trace);
  }
  return variants;
}

// The workload's sweeps, but for what is asked for otherwise, and then what is asked for.
std::vector<Axis> axes_of(const trial::Workload& workload, const std::vector<Axis>& asked) {
  std::vector<Axis> axes;
  for (const trial::Sweep& sweep : workload.sweeps) {
    const bool otherwise = std::ranges::any_of(asked, [&](const Axis& axis) {
      return axis.setting == sweep.setting || axis.together == sweep.setting;
    });
    if (!otherwise) axes.push_back({.setting = sweep.setting, .values = sweep.values});
  }
  axes.insert(axes.end(), asked.begin(), asked.end());
  return axes;
}

void require_metrics(const trial::Workload& workload) {
  for (const std::string& name : workload.metrics) {
    if (find_metric(name) != metrics().size()) continue;
    std::vector<std::string_view> valid;
    for (const Metric& metric : metrics()) valid.push_back(metric.name);
    throw BadInput(
        fmt::format("{}: metrics: {}", workload.file.string(), unknown_name("metric", name, valid)));
  }
}

}  // namespace

std::vector<AskedCell> make_cells(const std::vector<std::string>& strategies,
                                  const std::vector<trial::Workload>& workloads,
                                  const std::vector<Axis>& axes, MachineFit* fit) {
  std::vector<AskedCell> cells;
  for (const trial::Workload& workload : workloads) {
    require_metrics(workload);
    for (trial::TrialConfig& variant : spread({workload.config}, axes_of(workload, axes))) {
      for (const std::string& strategy : strategies) {
        variant.strategy = strategy;
        trial::TrialConfig cell = variant;
        if (fit != nullptr) fit->adjust(cell);
        trial::check(cell);
        cells.push_back({.config = std::move(cell), .trials = 0, .asks = workload.metrics});
      }
    }
  }
  return cells;
}

std::vector<AskedCell> with_axes(const std::vector<AskedCell>& cells, const std::vector<Axis>& axes) {
  if (axes.empty()) return cells;
  std::vector<nlohmann::json> seen;
  std::vector<AskedCell> unique;
  for (const AskedCell& cell : cells) {
    for (trial::TrialConfig& changed : spread({cell.config}, axes)) {
      trial::check(changed);
      nlohmann::json configuration = trial::to_json(changed);
      if (std::ranges::find(seen, configuration) != seen.end()) continue;
      seen.push_back(std::move(configuration));
      unique.push_back({.config = std::move(changed), .trials = cell.trials, .asks = cell.asks});
    }
  }
  return unique;
}

Baseline baseline_named(const std::string& name, const std::string& value) {
  std::vector<std::string> names = {"strategy"};
  for (const trial::Setting& setting : trial::settings()) {
    names.push_back(fmt::format("{}.{}", setting.section, setting.key));
    if (names.back() != name) continue;
    trial::TrialConfig config;
    trial::accept(setting, config, trial::parse_value(setting, value));
    return {.axis = setting.json,
            .value = trial::to_json(config).at(nlohmann::json::json_pointer(setting.json))};
  }
  if (name != "strategy") {
    const std::vector<std::string_view> valid(names.begin(), names.end());
    throw BadInput(unknown_name("axis of a baseline", name, valid));
  }
  const std::vector<std::string_view> strategies = trial::strategy_names();
  if (std::ranges::find(strategies, value) == strategies.end()) {
    throw BadInput(unknown_name("strategy", value, strategies));
  }
  return {.axis = "/strategy", .value = value};
}

}  // namespace baton::suite
