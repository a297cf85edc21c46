#include "harness/suite/summary.hpp"

#include <algorithm>

#include "harness/suite/cell_report.hpp"
#include "harness/suite/comparison_report.hpp"
#include "harness/suite/crossovers.hpp"
#include "harness/suite/expectations.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/questions.hpp"
#include "harness/suite/regimes.hpp"
#include "harness/suite/resolution_course.hpp"
#include "harness/suite/tradeoffs.hpp"
#include "harness/suite/verdicts.hpp"
#include "harness/suite/warnings.hpp"

namespace baton::suite {

using nlohmann::json;

std::map<std::string, std::vector<std::string>> asks_of(const Plan& plan) {
  std::map<std::string, std::vector<std::string>> asks;
  for (const PlannedCell& cell : plan.cells) {
    if (!cell.asks.empty()) asks.emplace(cell.id, cell.asks);
  }
  return asks;
}

bool SummaryOptions::asked(const CellEvidence& cell, std::size_t metric) const {
  const auto found = asks.find(cell.id);
  return found == asks.end()
             ? !metrics()[metric].only_asked
             : std::ranges::find(found->second, metrics()[metric].name) != found->second.end();
}

namespace {

json metrics_json() {
  json list = json::array();
  for (const Metric& metric : metrics()) {
    list.push_back({{"name", metric.name},
                    {"unit", metric.unit},
                    {"better", metric.better == stats::Better::higher ? "higher" : "lower"},
                    {"help", metric.help}});
  }
  return list;
}

json regimes_json(const Regimes& regimes) {
  json list = json::array();
  for (const Regime& regime : regimes.all()) {
    list.push_back(
        {{"name", regime.name},
         {"trials", regime.trials},
         {"round_trip_ns", regime.round_trip_ns ? json(*regime.round_trip_ns) : json("unavailable")}});
  }
  return list;
}

// What did not count, and why.
struct LeftOut {
  json invalid = json::array();
  json quarantined = json::array();
};

LeftOut left_out(const Evidence& evidence) {
  LeftOut left;
  const auto note = [&](const CellEvidence& cell, const Observation& trial, const char* role) {
    json entry{{"trial_id", trial.trial_id}, {"cell_id", cell.id}, {"role", role}};
    if (!trial.valid) {
      entry["reasons"] = trial.invalid_because;
      left.invalid.push_back(std::move(entry));
    } else if (!trial.quarantined_because.empty()) {
      entry["reasons"] = trial.quarantined_because;
      left.quarantined.push_back(std::move(entry));
    }
  };
  for (const CellEvidence& cell : evidence.cells()) {
    if (cell.verified) note(cell, *cell.verified, "verify");
    for (const Observation& trial : cell.timed) note(cell, trial, "trial");
  }
  return left;
}

std::vector<Baseline> baselines_of(const Evidence& evidence, const SummaryOptions& options) {
  if (!options.baselines.empty()) return options.baselines;
  std::vector<json> configurations;
  for (const CellEvidence& cell : evidence.cells()) configurations.push_back(cell.configuration);
  return default_baselines(configurations);
}

}  // namespace

json summarize(const Evidence& evidence, const SummaryOptions& options) {
  const Regimes regimes(evidence);
  const std::vector<Baseline> baselines = baselines_of(evidence, options);
  json told_baselines = json::array();
  for (const Baseline& baseline : baselines) {
    told_baselines.push_back({{"axis", baseline.axis}, {"value", baseline.value}});
  }
  const CommonSpreads common(evidence, regimes, baselines);
  LeftOut left = left_out(evidence);
  const std::vector<ResolutionOf> resolutions = find_resolutions(evidence, regimes, common, options);
  json summary{{"summary_version", kSummaryVersion},
               {"run_id", evidence.run_id()},
               {"suite", evidence.suite()},
               {"records", evidence.records()},
               {"level", options.level},
               {"family", "all comparisons of one metric"},
               {"build", evidence.build()},
               {"metrics", metrics_json()},
               {"baselines", std::move(told_baselines)},
               {"regimes", regimes_json(regimes)},
               {"cells", cells_json(evidence, regimes, options)},
               {"resolution", to_json(resolutions, evidence, regimes)},
               {"comparisons", comparisons_json(evidence, regimes, baselines, common, resolutions, options)},
               {"invalid", std::move(left.invalid)},
               {"quarantined", std::move(left.quarantined)}};
  const json& cells = summary.at("cells");
  const json& comparisons = summary.at("comparisons");
  summary["resolution_course"] = resolution_course_json(evidence, regimes, common, options);
  summary["crossovers"] = crossovers_json(evidence, comparisons);
  summary["pareto"] = pareto_json(cells, comparisons);
  summary["safety"] = safety_json(cells, comparisons);
  summary["verdicts"] = verdicts_json(summary, cpus_of(evidence.environment()));
  summary["machine"] = machine_json(summary, evidence.environment());
  summary["expectations"] = expectations_json(options.expectations, evidence, summary);
  summary["warnings"] = warnings_of(summary, evidence, options.fallbacks);
  return summary;
}

}  // namespace baton::suite
