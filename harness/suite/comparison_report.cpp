#include "harness/suite/comparison_report.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/stats/comparisons.hpp"
#include "harness/stats/decision.hpp"
#include "harness/stats/effect.hpp"
#include "harness/stats/order.hpp"
#include "harness/stats/precision.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/prediction.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

json interval_json(const stats::Interval& log) {
  return {{"low", std::exp(log.low)}, {"high", std::exp(log.high)}, {"level", log.level}};
}

std::vector<double> clean_values(const CellEvidence& cell, std::size_t metric, const Regimes& regimes,
                                 std::size_t regime) {
  std::vector<double> values;
  for (const Observation& trial : cell.timed) {
    if (trial.clean() && regimes.of(trial) == regime && trial.values[metric]) {
      values.push_back(*trial.values[metric]);
    }
  }
  return values;
}

// A ratio that nobody would change a design for, fixed before any run.
constexpr double kSameWithin = 1.02;

// Two rows of the same source, compiled beside each other, come out so far apart by where their code lies
// (docs/resolution.md). No time is called different for less; of several copies of the code the mean is asked
// for, and its error is less by their number's root.
constexpr double kPlacement = 1.025;
double placement_of(const Metric& metric, const CellEvidence& one, const CellEvidence& other,
                    const PairedRatios& paired) {
  if (metric.sliced.empty() || one.strategy == other.strategy) return 1;
  return std::pow(kPlacement, 1 / std::sqrt(static_cast<double>(paired.copies())));
}

constexpr std::size_t kByTheWay = 4;  // times more units in the other regime

// The regimes in which a question can be answered. One that it met by the way, with a quarter or less of the
// units it has in another, would stay open and widen all other intervals.
std::map<std::size_t, PairedRatios> by_regime(const Question& question, const Evidence& evidence,
                                              std::size_t metric, const Regimes& regimes) {
  std::map<std::size_t, PairedRatios> found;
  std::size_t most = 0;
  for (std::size_t regime = 0; regime < regimes.all().size(); ++regime) {
    PairedRatios paired = paired_log_ratios(evidence.cells()[question.candidate],
                                            evidence.cells()[question.baseline], metric, regimes, regime);
    most = std::max(most, paired.units.size());
    found.emplace(regime, std::move(paired));
  }
  std::erase_if(found, [most](const auto& one) { return one.second.units.size() * kByTheWay <= most; });
  return found;
}

struct Asked {
  Question question;
  std::size_t regime = 0;
  PairedRatios paired;
};

// Requests per second of the cell in that regime: the median over its turns, or else its trials.
std::optional<double> throughput_in(const CellEvidence& cell, std::size_t metric, const Regimes& regimes,
                                    std::size_t regime) {
  std::vector<double> values;
  for (const Observation& trial : cell.timed) {
    if (!trial.clean()) continue;
    for (const Turn& turn : trial.turns) {
      if (regimes.of(turn) == regime && turn.values[metric]) values.push_back(*turn.values[metric]);
    }
  }
  if (values.empty()) values = clean_values(cell, metric, regimes, regime);
  return stats::median(values);
}

// What is counted of both cells, and what that would make of the ratio at this machine's costs.
void foretell(json& told, const CellEvidence& candidate, const CellEvidence& baseline, std::size_t metric,
              const Regimes& regimes, std::size_t regime, const SummaryOptions& options) {
  const auto counts = options.counts.find(candidate.id);
  const auto base = options.counts.find(baseline.id);
  if (counts == options.counts.end() || base == options.counts.end()) return;
  const Difference difference =
      difference_of(*counts, *base, costs_at(options.costs, regimes.all()[regime].round_trip_ns));
  json more = json::object();
  for (const Term& term : difference.terms) more[std::string(term.name)] = term.more;
  told["counted"] = std::move(more);
  const auto throughput = throughput_in(baseline, metric, regimes, regime);
  if (!throughput || *throughput <= 0 || candidate.oversubscribed) return;
  const double request_ns = 1e9 / *throughput;
  const auto predicted = predict(difference, request_ns, sharing_of(baseline.configuration, *base));
  if (!predicted) return;
  const json& measured = told.at("simultaneous");
  const bool known = !measured.is_null();
  const bool agrees = known && predicted->low <= measured.at("high").get<double>() &&
                      predicted->high >= measured.at("low").get<double>();
  told["predicted"] = {
      {"ns", {{"value", difference.ns()}, {"low", difference.low()}, {"high", difference.high()}}},
      {"request_ns", request_ns},
      {"ratio", predicted->ratio},
      {"interval", {{"low", predicted->low}, {"high", predicted->high}}},
      {"agrees", known ? json(agrees) : json()},
      {"unexplained", nullptr}};
  if (!known || agrees) return;
  const double measured_ns = request_ns * predicted->threads * (1 / told.at("ratio").get<double>() - 1);
  if (const auto rescaled = rescaled_to(difference, measured_ns)) {
    told["predicted"]["unexplained"] = {{"term", std::string(rescaled->term)}, {"factor", rescaled->factor}};
  }
}

// What a comparison says beyond its names and its number of rounds.
void answer(json& told, const stats::Comparison& found, const PairedRatios& paired,
            std::optional<double> resolution, stats::Better better) {
  stats::Ratio corrected = found.alone;
  corrected.log_interval = found.simultaneous_log;
  stats::Answer answer = stats::Answer::undecided;
  std::optional<std::size_t> units;
  if (resolution) {
    const double placement = std::log(told.at("placement").get<double>());
    const stats::Limits limits{.resolution = std::max(*resolution, placement),
                               .margin = std::log(kSameWithin)};
    answer = stats::decide(corrected.log, corrected.log_interval, limits, better);
    units = stats::rounds_to_decide(corrected, limits);
  }
  told["ratio"] = found.alone.value();
  told["interval"] = interval_json(found.alone.log_interval);
  told["simultaneous"] = interval_json(found.simultaneous_log);
  told["method"] = to_string(found.simultaneous_method);
  told["p_holm"] = found.p_holm;
  told["resolution"] = resolution ? json(std::exp(*resolution)) : json();
  told["answer"] = to_string(answer);
  const bool open = answer == stats::Answer::undecided;
  told["rounds_needed"] =
      open && units ? json(std::max(paired.rounds_of(*units), paired.rounds + 1)) : json();
}

}  // namespace

std::vector<ResolutionOf> find_resolutions(const Evidence& evidence, const Regimes& regimes,
                                           const CommonSpreads& common, const SummaryOptions& options) {
  std::vector<ResolutionOf> all;
  const std::vector<Question> pairs = same_pairs_of(evidence);
  for (std::size_t metric = 0; metric < metrics().size(); ++metric) {
    std::vector<std::vector<stats::Slices>> family;
    std::vector<std::optional<stats::Spread>> spreads;
    std::vector<ResolutionOf> asked;
    for (const Question& pair : pairs) {
      const CellEvidence& candidate = evidence.cells()[pair.candidate];
      if (!options.asked(candidate, metric)) continue;
      for (auto& [regime, paired] : by_regime(pair, evidence, metric, regimes)) {
        asked.push_back(
            {.pair = pair, .metric = metric, .regime = regime, .rounds = paired.rounds, .found = {}});
        family.push_back(std::move(paired.units));
        spreads.push_back(common.of(candidate, metric, regime));
      }
    }
    const auto found =
        stats::resolutions_from(family, {.level = options.level, .seed = options.seed, .common = spreads});
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (!found[i]) continue;
      asked[i].found = *found[i];
      all.push_back(asked[i]);
    }
  }
  return all;
}

std::optional<double> resolution_for(const std::vector<ResolutionOf>& resolutions, const Evidence& evidence,
                                     const CellEvidence& baseline, std::size_t metric, std::size_t regime) {
  std::optional<double> same_variant;
  std::optional<double> same_workload;
  std::optional<double> any;
  const auto raise = [](std::optional<double>& to, double log) { to = std::max(to.value_or(0), log); };
  for (const ResolutionOf& one : resolutions) {
    if (one.metric != metric || one.regime != regime) continue;
    const CellEvidence& cell = evidence.cells()[one.pair.baseline];
    raise(any, one.found.log);
    if (cell.workload == baseline.workload) raise(same_workload, one.found.log);
    if (cell.variant == baseline.variant) raise(same_variant, one.found.log);
  }
  if (same_variant) return same_variant;
  return same_workload ? same_workload : any;
}

json to_json(const std::vector<ResolutionOf>& resolutions, const Evidence& evidence, const Regimes& regimes) {
  json list = json::array();
  for (const ResolutionOf& one : resolutions) {
    list.push_back({{"metric", metrics()[one.metric].name},
                    {"cell_id", evidence.cells()[one.pair.baseline].id},
                    {"regime", regimes.all()[one.regime].name},
                    {"rounds", one.rounds},
                    {"ratio", std::exp(one.found.log)},
                    {"biased", one.found.biased}});
  }
  return list;
}

json comparisons_json(const Evidence& evidence, const Regimes& regimes,
                      const std::vector<Baseline>& baselines, const CommonSpreads& common,
                      const std::vector<ResolutionOf>& resolutions, const SummaryOptions& options) {
  const std::vector<Question> questions = questions_of(evidence, baselines);
  const std::size_t throughput = find_metric("throughput");
  json list = json::array();
  for (std::size_t metric = 0; metric < metrics().size(); ++metric) {
    std::vector<Asked> asked;
    std::vector<std::vector<stats::Slices>> family;
    std::vector<std::optional<stats::Spread>> spreads;
    for (const Question& question : questions) {
      const CellEvidence& candidate = evidence.cells()[question.candidate];
      if (!options.asked(candidate, metric)) continue;
      for (auto& [regime, paired] : by_regime(question, evidence, metric, regimes)) {
        family.push_back(paired.units);
        asked.push_back({.question = question, .regime = regime, .paired = std::move(paired)});
        spreads.push_back(common.of(candidate, metric, regime));
      }
    }
    const auto answers =
        stats::compare_family(family, {.level = options.level, .seed = options.seed, .common = spreads});
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const CellEvidence& candidate = evidence.cells()[asked[i].question.candidate];
      const CellEvidence& baseline = evidence.cells()[asked[i].question.baseline];
      const std::size_t regime = asked[i].regime;
      const auto effect = stats::cliffs_delta(clean_values(baseline, metric, regimes, regime),
                                              clean_values(candidate, metric, regimes, regime));
      json told{{"metric", metrics()[metric].name},
                {"candidate", candidate.id},
                {"baseline", baseline.id},
                {"axis", baselines[asked[i].question.axis].axis},
                {"regime", regimes.all()[regime].name},
                {"oversubscribed", candidate.oversubscribed || baseline.oversubscribed},
                {"rounds", asked[i].paired.rounds},
                {"units", family[i].size()},
                {"turns", asked[i].paired.turns},
                {"dropped", asked[i].paired.dropped},
                {"ratio", nullptr},
                {"interval", nullptr},
                {"simultaneous", nullptr},
                {"method", nullptr},
                {"p_holm", nullptr},
                {"cliffs_delta", effect ? json(*effect) : json()},
                {"resolution", nullptr},
                {"copies", asked[i].paired.copies()},
                {"placement", placement_of(metrics()[metric], candidate, baseline, asked[i].paired)},
                {"margin", kSameWithin},
                {"answer", to_string(stats::Answer::undecided)},
                {"rounds_needed", nullptr}};
      if (answers[i]) {
        answer(told, *answers[i], asked[i].paired,
               resolution_for(resolutions, evidence, baseline, metric, regime), metrics()[metric].better);
      }
      if (metric == throughput && options.counts.is_object()) {
        foretell(told, candidate, baseline, metric, regimes, regime, options);
      }
      list.push_back(std::move(told));
    }
  }
  return list;
}

}  // namespace baton::suite
