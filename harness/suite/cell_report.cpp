#include "harness/suite/cell_report.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "harness/stats/cell.hpp"
#include "harness/suite/conditions.hpp"
#include "harness/suite/metrics.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

json metric_json(const stats::CellSummary& cell) {
  json told{{"trials", cell.trials},
            {"median", cell.median},
            {"least", cell.least},
            {"greatest", cell.greatest},
            {"mean", cell.mean ? json(*cell.mean) : json()},
            {"interval", nullptr},
            {"modes", nullptr}};
  if (cell.median_interval) {
    told["interval"] = {{"low", cell.median_interval->low},
                        {"high", cell.median_interval->high},
                        {"level", cell.median_interval->level}};
  }
  if (cell.modes && cell.modes->modes) {
    told["modes"] = {{"low", cell.modes->modes->low_centre},
                     {"high", cell.modes->modes->high_centre},
                     {"share_of_high", cell.modes->modes->high_share},
                     {"p_value", cell.modes->p_value}};
  }
  return told;
}

json metrics_of(const std::vector<const Observation*>& trials, const SummaryOptions& options) {
  json told = json::object();
  for (std::size_t i = 0; i < metrics().size(); ++i) {
    std::vector<double> values;
    for (const Observation* trial : trials) {
      if (trial->values[i]) values.push_back(*trial->values[i]);
    }
    const auto cell = stats::summarize_cell(values, {.level = options.level, .modes = {}});
    if (cell) told[std::string(metrics()[i].name)] = metric_json(*cell);
  }
  return told;
}

json ids_of(const std::vector<const Observation*>& trials) {
  json list = json::array();
  for (const Observation* trial : trials) list.push_back(trial->trial_id);
  return list;
}

}  // namespace

json cells_json(const Evidence& evidence, const Regimes& regimes, const SummaryOptions& options) {
  json list = json::array();
  const std::map<std::string, std::string> conditions = conditions_of(evidence);
  for (const CellEvidence& cell : evidence.cells()) {
    const auto count = [&](auto&& which) { return std::ranges::count_if(cell.timed, which); };
    const bool any_clean = count([](const Observation& trial) { return trial.clean(); }) != 0;
    for (std::size_t regime = 0; regime < regimes.all().size(); ++regime) {
      std::vector<const Observation*> trials;
      for (const Observation& trial : cell.timed) {
        if ((any_clean ? trial.clean() : trial.valid) && regimes.of(trial) == regime)
          trials.push_back(&trial);
      }
      // A cell that has nothing in any regime (it was not verified) is told once.
      const bool nothing = trials.empty() && (any_clean || regime != 0);
      if (nothing) continue;
      list.push_back(
          {{"cell_id", cell.id},
           {"strategy", cell.strategy},
           {"workload", cell.workload},
           {"conditions", conditions.at(cell.id)},
           {"allocator", cell.allocator},
           {"regime", regimes.all()[regime].name},
           {"again", cell.is_again()},
           {"oversubscribed", cell.oversubscribed},
           {"trials", trials.size()},
           {"trial_ids", ids_of(trials)},
           {"invalid", count([](const Observation& trial) { return !trial.valid; })},
           {"quarantined", count([](const Observation& trial) { return trial.valid && !trial.clean(); })},
           {"saturated",
            std::ranges::count_if(trials, [](const Observation* trial) { return trial->saturated; })},
           {"quarantined_only", !any_clean && !trials.empty()},
           {"verified", cell.verified ? json(cell.verified->valid) : json()},
           {"ledger", cell.ledger},
           {"metrics", metrics_of(trials, options)}});
    }
  }
  return list;
}

}  // namespace baton::suite
