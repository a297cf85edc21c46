#include "harness/suite/compare.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "harness/stats/comparisons.hpp"
#include "harness/stats/decision.hpp"
#include "harness/stats/moments.hpp"
#include "harness/suite/comparison_report.hpp"
#include "harness/suite/differences.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/regimes.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

// One run, ready to be asked.
class Side {
 public:
  Side(const RunToCompare& run, const CompareOptions& options)
      : evidence_(run.evidence), regimes_(run.evidence) {
    std::vector<json> configurations;
    for (const CellEvidence& cell : evidence_.cells()) configurations.push_back(cell.configuration);
    baselines_ = run.baselines.empty() ? default_baselines(configurations) : run.baselines;
    for (const Question& question : questions_of(evidence_, baselines_)) {
      baseline_of_.emplace(evidence_.cells()[question.candidate].id, question.baseline);
    }
    const CommonSpreads common(evidence_, regimes_, baselines_);
    resolutions_ = find_resolutions(evidence_, regimes_, common,
                                    {.baselines = {}, .level = options.level, .seed = options.seed});
    const auto most = std::ranges::max_element(regimes_.all(), {}, &Regime::trials);
    regime_ = static_cast<std::size_t>(most - regimes_.all().begin());
  }

  [[nodiscard]] const Evidence& evidence() const noexcept { return evidence_; }
  [[nodiscard]] const Regime& regime() const { return regimes_.all()[regime_]; }
  // nullptr: nothing to be compared with.
  [[nodiscard]] const CellEvidence* baseline_of(const std::string& cell_id) const {
    const auto found = baseline_of_.find(cell_id);
    return found == baseline_of_.end() ? nullptr : &evidence_.cells()[found->second];
  }
  [[nodiscard]] std::vector<double> log_ratios(const CellEvidence& cell, const CellEvidence& baseline,
                                               std::size_t metric) const {
    std::vector<double> means;
    for (const stats::Slices& unit : paired_log_ratios(cell, baseline, metric, regimes_, regime_).units) {
      means.push_back(stats::midmean(unit));
    }
    return means;
  }
  [[nodiscard]] std::vector<double> logs(const CellEvidence& cell, std::size_t metric) const {
    std::vector<double> found;
    for (const Observation& trial : cell.timed) {
      const std::optional<double> value = trial.values[metric];
      if (trial.clean() && regimes_.of(trial) == regime_ && value && *value > 0)
        found.push_back(std::log(*value));
    }
    return found;
  }
  [[nodiscard]] std::optional<double> resolution(const CellEvidence& baseline, std::size_t metric) const {
    return resolution_for(resolutions_, evidence_, baseline, metric, regime_);
  }

 private:
  const Evidence& evidence_;
  Regimes regimes_;
  std::vector<Baseline> baselines_;
  std::map<std::string, std::size_t> baseline_of_;
  std::vector<ResolutionOf> resolutions_;
  std::size_t regime_ = 0;
};

// The runs' rounds have nothing to do with each other, so any pairing is as good; this one loses the surplus
// of the longer run.
std::vector<stats::Slices> differences_of(const std::vector<double>& old_logs,
                                          const std::vector<double>& new_logs) {
  std::vector<stats::Slices> series;
  for (std::size_t i = 0; i < std::min(old_logs.size(), new_logs.size()); ++i) {
    series.push_back({new_logs[i] - old_logs[i]});
  }
  return series;
}

double combined(std::optional<double> one, std::optional<double> other) {
  return std::hypot(one.value_or(0), other.value_or(0));
}

struct Pair {
  const CellEvidence* old_cell;
  const CellEvidence* new_cell;
  bool relative;
  const CellEvidence* old_baseline;
  const CellEvidence* new_baseline;
};

class Comparer {
 public:
  Comparer(const RunToCompare& old_run, const RunToCompare& new_run, const CompareOptions& options)
      : options_(options), old_(old_run, options), new_(new_run, options) {
    for (const CellEvidence& cell : old_.evidence().cells()) {
      const CellEvidence* other = new_.evidence().find(cell.id);
      if (other == nullptr || cell.is_again()) continue;
      const CellEvidence* old_baseline = old_.baseline_of(cell.id);
      const CellEvidence* new_baseline = new_.baseline_of(cell.id);
      const bool relative =
          old_baseline != nullptr && new_baseline != nullptr && old_baseline->id == new_baseline->id;
      any_relative_ = any_relative_ || relative;
      pairs_.push_back({&cell, other, relative, old_baseline, new_baseline});
    }
  }

  [[nodiscard]] bool empty() const noexcept { return pairs_.empty(); }

  json comparisons() {
    json list = json::array();
    for (const std::string& name : options_.metrics) of_metric(find_metric(name), list);
    return list;
  }
  [[nodiscard]] std::size_t regressions() const noexcept { return regressions_; }
  [[nodiscard]] std::size_t undecided() const noexcept { return undecided_; }

  [[nodiscard]] json warnings() const {
    json list = json::array();
    const auto old_trip = old_.regime().round_trip_ns;
    const auto new_trip = new_.regime().round_trip_ns;
    if (old_trip && new_trip &&
        std::max(*old_trip / *new_trip, *new_trip / *old_trip) > Regimes::kLeastFactor) {
      list.push_back(
          fmt::format("the cores' round trip was {:.0f} ns in the old run and {:.0f} ns in the new one: what "
                      "hands something over "
                      "differs for that reason alone",
                      *old_trip, *new_trip));
    }
    return list;
  }

 private:
  // Figures of baseline cells move with the machine; they decide only if nothing better is there.
  [[nodiscard]] bool decides(const Pair& pair) const {
    return options_.absolute || !any_relative_ || pair.relative;
  }

  void of_metric(std::size_t metric, json& list) {
    std::vector<const Pair*> asked;
    std::vector<std::vector<stats::Slices>> decided;
    for (const Pair& pair : pairs_) {
      const auto absolute =
          differences_of(old_.logs(*pair.old_cell, metric), new_.logs(*pair.new_cell, metric));
      if (absolute.empty()) continue;
      json told{{"metric", metrics()[metric].name},
                {"cell_id", pair.old_cell->id},
                {"baseline", pair.relative ? json(pair.old_baseline->id) : json()},
                {"rounds", absolute.size()},
                {"absolute", alone(absolute)},
                {"relative", nullptr},
                {"decided_by", nullptr},
                {"answer", nullptr},
                {"regression", false}};
      std::vector<stats::Slices> relative;
      if (pair.relative) {
        relative = differences_of(old_.log_ratios(*pair.old_cell, *pair.old_baseline, metric),
                                  new_.log_ratios(*pair.new_cell, *pair.new_baseline, metric));
        told["relative"] = alone(relative);
      }
      list.push_back(std::move(told));
      if (!decides(pair)) continue;
      const bool by_relative = pair.relative && !options_.absolute;
      list.back()["decided_by"] = by_relative ? "relative" : "absolute";
      asked.push_back(&pair);
      decided.push_back(by_relative ? relative : absolute);
    }
    decide(metric, asked, decided, list);
  }

  [[nodiscard]] json alone(const std::vector<stats::Slices>& series) const {
    const auto ratio = stats::estimate_ratio(series, {.level = options_.level, .seed = options_.seed});
    if (!ratio) return nullptr;
    const stats::Interval interval = ratio->interval();
    return {{"ratio", ratio->value()}, {"low", interval.low}, {"high", interval.high}};
  }

  // As in a summary: cells that differ in nothing but the strategy scatter alike.
  static std::vector<std::optional<stats::Spread>> common_spreads(
      const std::vector<const Pair*>& asked, const std::vector<std::vector<stats::Slices>>& family) {
    std::map<std::string, std::vector<stats::Spread>> by_variant;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (const auto spread = stats::spread_of(family[i]))
        by_variant[asked[i]->old_cell->variant].push_back(*spread);
    }
    std::vector<std::optional<stats::Spread>> common;
    for (const Pair* pair : asked)
      common.push_back(stats::common_spread(by_variant[pair->old_cell->variant]));
    return common;
  }

  void decide(std::size_t metric, const std::vector<const Pair*>& asked,
              const std::vector<std::vector<stats::Slices>>& family, json& list) {
    const auto common = common_spreads(asked, family);
    const auto answers =
        stats::compare_family(family, {.level = options_.level, .seed = options_.seed, .common = common});
    const double threshold = std::log1p(options_.threshold);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const auto told = std::ranges::find_if(list, [&](const json& one) {
        return one.at("metric") == metrics()[metric].name && one.at("cell_id") == asked[i]->old_cell->id;
      });
      const CellEvidence& old_reference = asked[i]->relative ? *asked[i]->old_baseline : *asked[i]->old_cell;
      const CellEvidence& new_reference = asked[i]->relative ? *asked[i]->new_baseline : *asked[i]->new_cell;
      const double resolution =
          combined(old_.resolution(old_reference, metric), new_.resolution(new_reference, metric));
      stats::Answer answer = stats::Answer::undecided;
      if (answers[i]) {
        const stats::Interval& corrected = answers[i]->simultaneous_log;
        answer = stats::decide(answers[i]->alone.log, corrected,
                               {.resolution = resolution, .margin = threshold}, metrics()[metric].better);
        const bool regression =
            answer == stats::Answer::worse && std::fabs(answers[i]->alone.log) > threshold;
        (*told)["regression"] = regression;
        (*told)["simultaneous"] = {{"low", std::exp(corrected.low)}, {"high", std::exp(corrected.high)}};
        regressions_ += regression ? 1 : 0;
      }
      (*told)["resolution"] = std::exp(resolution);
      (*told)["answer"] = to_string(answer);
      undecided_ += answer == stats::Answer::undecided ? 1 : 0;
    }
  }

  CompareOptions options_;
  Side old_, new_;
  std::vector<Pair> pairs_;
  bool any_relative_ = false;
  std::size_t regressions_ = 0, undecided_ = 0;
};

json missing(const Evidence& from, const Evidence& in) {
  json list = json::array();
  for (const CellEvidence& cell : from.cells()) {
    if (!cell.is_again() && in.find(cell.id) == nullptr) list.push_back(cell.id);
  }
  return list;
}

}  // namespace

json compare(const RunToCompare& old_run, const RunToCompare& new_run, const CompareOptions& options) {
  Comparer comparer(old_run, new_run, options);
  if (comparer.empty()) {
    throw BadInput(fmt::format("{} and {} have no cell in common; valid are two runs of the same suite",
                               old_run.name, new_run.name));
  }
  json told{{"old", {{"directory", old_run.name}, {"run_id", old_run.evidence.run_id()}}},
            {"new", {{"directory", new_run.name}, {"run_id", new_run.evidence.run_id()}}},
            {"differences", differences_between(old_run.evidence, new_run.evidence)},
            {"only_in_old", missing(old_run.evidence, new_run.evidence)},
            {"only_in_new", missing(new_run.evidence, old_run.evidence)},
            {"threshold", options.threshold},
            {"level", options.level}};
  told["comparisons"] = comparer.comparisons();
  told["regressions"] = comparer.regressions();
  told["undecided"] = comparer.undecided();
  told["warnings"] = comparer.warnings();
  return told;
}

}  // namespace baton::suite
