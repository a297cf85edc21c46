#include "harness/suite/ask.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "harness/stats/distributions.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/words.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/config_json.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr std::size_t kMetByTheWay = 4;  // times more trials in the other regime: this one was met by the way
constexpr double kLeastLevel = 0.9;  // of an interval by order statistics that answers: five trials have 0.94
constexpr double kStudentLevel = 0.95;  // of Student's interval for fewer

// "yes" if all of the interval is within the bounds, "no" if none of it is.
std::string_view within(const Need& need, double low, double high) {
  if ((need.at_least && high < *need.at_least) || (need.at_most && low > *need.at_most)) return "no";
  if ((!need.at_least || low >= *need.at_least) && (!need.at_most || high <= *need.at_most)) return "yes";
  return "cannot tell";
}

// Of several answers that all have to be yes.
std::string_view all_of(const std::vector<std::string>& answers) {
  if (std::ranges::find(answers, "no") != answers.end()) return "no";
  return answers.empty() || std::ranges::find(answers, "cannot tell") != answers.end() ? "cannot tell"
                                                                                       : "yes";
}

std::string figure_in_words(const Metric& metric, double value) {
  if (metric.unit == "ns") return duration_in_words(value);
  if (metric.unit == "us") return duration_in_words(value * 1e3);
  if (metric.unit == "bytes") return bytes_in_words(value);
  return fmt::format("{:.4g} {}", value, metric.unit);
}

const CellEvidence& cell_meant(const AskedQuestion& asked, const Evidence& evidence) {
  std::vector<const CellEvidence*> meant;
  std::string there;
  for (const CellEvidence& cell : evidence.cells()) {
    if (cell.is_again() || cell.strategy != asked.strategy || cell.workload != asked.workload) continue;
    there += fmt::format("{}{}", there.empty() ? "" : ", ", cell.id);
    const trial::TrialConfig config = trial::config_from_json(cell.configuration);
    if (is_where(asked.where, config)) meant.push_back(&cell);
  }
  if (meant.size() == 1) return *meant.front();
  throw BadInput(fmt::format("{}: {} of the run's cells {} meant by {} on {}{}; there {}", asked.place,
                             meant.empty() ? "none" : std::to_string(meant.size()),
                             meant.size() > 1 ? "are" : "is", asked.strategy, asked.workload,
                             asked.where.empty() ? "" : " and its `where`",
                             there.empty() ? "is no cell of that strategy and workload" : "are: " + there));
}

// Of a cell's figure: by order statistics, which five trials have. Of three or four Student's, with the
// largest standard deviation that numbers with this range can have; so it is wider than it has to be, but no
// bound far away stays open. Nothing for fewer, or where the numbers fall into two heaps.
std::optional<std::pair<double, double>> interval_of(const json& told) {
  const json& interval = told.at("interval");
  if (!interval.is_null() && interval.at("level").get<double>() >= kLeastLevel) {
    return std::pair(interval.at("low").get<double>(), interval.at("high").get<double>());
  }
  const auto trials = told.at("trials").get<double>();
  constexpr double kLeastTrials = 3;
  if (trials < kLeastTrials || told.at("mean").is_null()) return std::nullopt;
  const double range = told.at("greatest").get<double>() - told.at("least").get<double>();
  const double half = stats::student_two_sided(kStudentLevel, trials - 1) * range / 2 / std::sqrt(trials - 1);
  const auto mean = told.at("mean").get<double>();
  return std::pair(std::max(0.0, mean - half), mean + half);
}

// {"answer", "because"} for each regime in which there is a figure.
std::vector<json> by_figure(const Need& need, const CellEvidence& meant, const json& summary) {
  const Metric& metric = metrics()[find_metric(need.metric)];
  std::vector<json> found;
  std::size_t most = 0;  // trials in a regime
  for (const json& cell : summary.at("cells")) {
    if (cell.at("cell_id") == meant.id && cell.at("metrics").contains(need.metric))
      most = std::max(most, cell.at("metrics").at(need.metric).at("trials").get<std::size_t>());
  }
  for (const json& cell : summary.at("cells")) {
    if (cell.at("cell_id") != meant.id || !cell.at("metrics").contains(need.metric)) continue;
    const json& told = cell.at("metrics").at(need.metric);
    if (told.at("trials").get<std::size_t>() * kMetByTheWay <= most) continue;
    const std::string median = figure_in_words(metric, told.at("median"));
    const auto interval = interval_of(told);
    if (!interval) {
      found.push_back({{"answer", "cannot tell"},
                       {"because", fmt::format("{} is {}, and {} trials are too few for an interval",
                                               need.metric, median, told.at("trials").get<std::size_t>())}});
      continue;
    }
    found.push_back({{"answer", within(need, interval->first, interval->second)},
                     {"because", fmt::format("{} is {} [{}, {}], cores {}, and is to be {}", need.metric,
                                             median, figure_in_words(metric, interval->first),
                                             figure_in_words(metric, interval->second),
                                             cell.at("regime").get<std::string>(), need.bound)}});
  }
  return found;
}

// Likewise of the ratio; empty if it was not compared.
std::vector<json> by_ratio(const Need& need, const CellEvidence& meant, const json& summary) {
  std::vector<json> found;
  for (const json& said : summary.at("comparisons")) {
    if (said.at("candidate") != meant.id || said.at("metric") != need.metric ||
        strategy_of(said.at("baseline")) != need.beside)
      continue;
    if (said.at("simultaneous").is_null()) continue;
    const double low = said.at("simultaneous").at("low"), high = said.at("simultaneous").at("high");
    found.push_back(
        {{"answer", within(need, low, high)},
         {"because", fmt::format("{} is {:.3f} [{:.3f}, {:.3f}] times that of {}, cores {}, and is to be {}",
                                 need.metric, said.at("ratio").get<double>(), low, high, need.beside,
                                 said.at("regime").get<std::string>(), need.bound)}});
  }
  return found;
}

// What the verifying trial counted; it is the same in every regime.
std::vector<json> by_count(const Need& need, const CellEvidence& meant, const json& summary) {
  for (const json& cell : summary.at("cells")) {
    if (cell.at("cell_id") != meant.id || !cell.at("ledger").is_object()) continue;
    const double counted = cell.at("ledger").at(need.counted);
    return {{{"answer", within(need, counted, counted)},
             {"because",
              fmt::format("{} a request are {:.3g}, and are to be {}", need.counted, counted, need.bound)}}};
  }
  return {};
}

std::vector<json> answers_to(const Need& need, const CellEvidence& meant, const json& summary) {
  if (!need.counted.empty()) return by_count(need, meant, summary);
  return need.beside.empty() ? by_figure(need, meant, summary) : by_ratio(need, meant, summary);
}

std::string nothing_found(const Need& need, const CellEvidence& meant) {
  if (!need.counted.empty()) return fmt::format("nothing was counted in {}", meant.id);
  return need.beside.empty()
             ? fmt::format("no trial of {} that counts has a figure of {}", meant.id, need.metric)
             : fmt::format("the run has no ratio of {} of {} to {}", need.metric, meant.id, need.beside);
}

}  // namespace

bool is_where(const std::vector<Where>& where, const trial::TrialConfig& config) {
  return std::ranges::all_of(where, [&](const Where& one) { return one.first->get(config) == one.second; });
}

json answer_of(const std::vector<Need>& needs, const CellEvidence& meant, const json& summary) {
  json told = json::array();
  std::vector<std::string> answers;
  std::string because;
  for (const Need& need : needs) {
    std::vector<json> found = answers_to(need, meant, summary);
    if (found.empty()) found.push_back({{"answer", "cannot tell"}, {"because", nothing_found(need, meant)}});
    for (json& one : found) {
      answers.push_back(one.at("answer"));
      because += fmt::format("{}{}", because.empty() ? "" : "; ", one.at("because").get<std::string>());
      one["metric"] = need.counted.empty() ? need.metric : need.counted;
      told.push_back(std::move(one));
    }
  }
  return {{"answer", all_of(answers)}, {"because", because}, {"needs", std::move(told)}};
}

json answer_questions(const std::vector<AskedQuestion>& questions, const Evidence& evidence,
                      const json& summary) {
  json list = json::array();
  for (const AskedQuestion& asked : questions) {
    const CellEvidence& meant = cell_meant(asked, evidence);
    for (const Need& need : asked.needs) {
      if (!need.beside.empty() && by_ratio(need, meant, summary).empty())
        throw BadInput(fmt::format("{}: {}; a run compares with its baseline (--baseline)", asked.place,
                                   nothing_found(need, meant)));
    }
    json answer = answer_of(asked.needs, meant, summary);
    answer["question"] = asked.ask;
    list.push_back(std::move(answer));
  }
  return list;
}

std::string questions_text(const json& answers) {
  std::string text;
  for (const json& one : answers) {
    text += fmt::format("{}: {}\n    {}.\n", one.at("answer").get<std::string>(),
                        one.at("question").get<std::string>(), one.at("because").get<std::string>());
  }
  return text;
}

int exit_code_of(const json& answers) {
  constexpr int kAllYes = 0, kOneNo = 1, kCannotTell = 3;
  int code = kAllYes;
  for (const json& one : answers) {
    if (one.at("answer") == "no") return kOneNo;
    if (one.at("answer") != "yes") code = kCannotTell;
  }
  return code;
}

}  // namespace baton::suite
