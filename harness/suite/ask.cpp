#include "harness/suite/ask.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "harness/stats/distributions.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/toml_reader.hpp"
#include "harness/suite/words.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/config_json.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 5> kQuestionKeys = {"ask", "strategy", "workload", "where", "needs"};
constexpr std::array<std::string_view, 4> kNeedKeys = {"metric", "beside", "at_least", "at_most"};
constexpr std::size_t kMetByTheWay = 4;  // times more trials in the other regime: this one was met by the way
constexpr double kLeastLevel = 0.9;  // of an interval by order statistics that answers: five trials have 0.94
constexpr double kStudentLevel = 0.95;  // of Student's interval for fewer

struct Unit {
  std::string_view name;
  std::string_view of;  // the metric's unit that it converts to
  double factor;
};
constexpr std::array kUnits = {
    Unit{"ns", "ns", 1},          Unit{"us", "ns", 1e3},         Unit{"ms", "ns", 1e6},
    Unit{"s", "ns", 1e9},         Unit{"ns", "us", 1e-3},        Unit{"us", "us", 1},
    Unit{"ms", "us", 1e3},        Unit{"s", "us", 1e6},          Unit{"B", "bytes", 1},
    Unit{"kB", "bytes", 1e3},     Unit{"MB", "bytes", 1e6},      Unit{"GB", "bytes", 1e9},
    Unit{"KiB", "bytes", 1024},   Unit{"MiB", "bytes", 1 << 20}, Unit{"GiB", "bytes", 1 << 30},
    Unit{"k", "requests/s", 1e3}, Unit{"M", "requests/s", 1e6},
};

class QuestionReader {
 public:
  explicit QuestionReader(const std::filesystem::path& file) : toml_(file) {}

  std::vector<AskedQuestion> read() {
    const toml::table table = toml_.parse();
    constexpr std::array<std::string_view, 1> kKeys = {"question"};
    toml_.refuse_unknown(table, "key", kKeys);
    std::vector<AskedQuestion> questions;
    for (const toml::table* block : toml_.tables(table, "question")) questions.push_back(question(*block));
    if (questions.empty()) toml_.fail(nullptr, "there is no [[question]]; valid is at least one");
    return questions;
  }

 private:
  [[nodiscard]] std::string text(const toml::table& table, std::string_view key) const {
    const auto value = table[key].value_exact<std::string>();
    if (!value || value->empty())
      toml_.fail(table.get(key) == nullptr ? static_cast<const toml::node*>(&table) : table.get(key),
                 fmt::format("{} is missing, or no text", key));
    return *value;
  }

  [[nodiscard]] AskedQuestion question(const toml::table& block) const {
    toml_.refuse_unknown(block, "key of [[question]]", kQuestionKeys);
    AskedQuestion asked{.ask = text(block, "ask"),
                        .strategy = text(block, "strategy"),
                        .workload = text(block, "workload"),
                        .where = {},
                        .needs = {},
                        .place = fmt::format("{}:{}", toml_.file().string(), block.source().begin.line)};
    check_strategy(block, "strategy", asked.strategy);
    if (const toml::table* where = toml_.table(block, "where")) {
      for (const auto& [key, node] : *where) asked.where.push_back(setting(std::string(key.str()), node));
    }
    for (const toml::table* need : toml_.tables(block, "needs")) asked.needs.push_back(read_need(*need));
    if (asked.needs.empty())
      toml_.fail(&block,
                 R"(needs is missing; valid is a list such as [{ metric = "cpu", at_most = "2us" }])");
    return asked;
  }

  void check_strategy(const toml::table& table, std::string_view key, const std::string& name) const {
    const std::vector<std::string_view> valid = trial::strategy_names();
    if (std::ranges::find(valid, name) == valid.end())
      toml_.fail(table.get(key), unknown_name("strategy", name, valid));
  }

  [[nodiscard]] std::pair<const trial::Setting*, trial::Value> setting(const std::string& name,
                                                                       const toml::node& node) const {
    const std::size_t dot = name.find('.');
    const trial::Setting* found = dot == std::string::npos
                                      ? nullptr
                                      : trial::find_setting(std::string_view(name).substr(0, dot),
                                                            std::string_view(name).substr(dot + 1));
    if (found == nullptr) {
      std::vector<std::string> names;
      for (const trial::Setting& one : trial::settings())
        names.push_back(fmt::format("{}.{}", one.section, one.key));
      const std::vector<std::string_view> valid(names.begin(), names.end());
      toml_.fail(&node, unknown_name("setting", name, valid));
    }
    try {
      return {found, trial::parse_value(*found, toml_.text_of(node))};
    } catch (const BadInput& error) {
      toml_.fail(&node, fmt::format("{} {}", name, error.what()));
    }
  }

  [[nodiscard]] Need read_need(const toml::table& table) const {
    toml_.refuse_unknown(table, "key of needs", kNeedKeys);
    Need need{.metric = text(table, "metric"), .beside = {}, .at_least = {}, .at_most = {}, .bound = {}};
    if (find_metric(need.metric) == metrics().size()) {
      std::vector<std::string_view> valid;
      for (const Metric& metric : metrics()) valid.push_back(metric.name);
      toml_.fail(table.get("metric"), unknown_name("metric", need.metric, valid));
    }
    if (table.contains("beside")) {
      need.beside = text(table, "beside");
      check_strategy(table, "beside", need.beside);
    }
    need.at_least = amount(table, "at_least", need);
    need.at_most = amount(table, "at_most", need);
    if (!need.at_least && !need.at_most)
      toml_.fail(&table, "a need has neither at_least nor at_most; valid is one of them or both");
    return need;
  }

  std::optional<double> amount(const toml::table& table, std::string_view key, Need& need) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::nullopt;
    const std::string given = toml_.text_of(*node);
    need.bound += fmt::format("{}{} {}", need.bound.empty() ? "" : " and ",
                              key == "at_least" ? "at least" : "at most", given);
    try {
      return amount_in(need.beside.empty() ? metrics()[find_metric(need.metric)].unit : "", given);
    } catch (const BadInput& error) {
      toml_.fail(node, fmt::format("{} {}", key, error.what()));
    }
  }

  TomlReader toml_;
};

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
    if (std::ranges::all_of(asked.where,
                            [&](const auto& one) { return one.first->get(config) == one.second; }))
      meant.push_back(&cell);
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

std::vector<json> by_ratio(const AskedQuestion& asked, const Need& need, const CellEvidence& meant,
                           const json& summary) {
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
  if (found.empty()) {
    throw BadInput(fmt::format(
        "{}: the run has no ratio of {} of {} to {}; a run compares with its baseline (--baseline)",
        asked.place, need.metric, meant.id, need.beside));
  }
  return found;
}

}  // namespace

double amount_in(std::string_view unit, std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
  if (error == std::errc() && name.empty()) return number;
  if (error == std::errc() && name == unit) return number;
  const auto* const found =
      std::ranges::find_if(kUnits, [&](const Unit& one) { return one.name == name && one.of == unit; });
  if (error == std::errc() && found != kUnits.end()) return number * found->factor;
  std::string valid;
  for (const Unit& one : kUnits) {
    if (one.of == unit) valid += fmt::format("{}{}", valid.empty() ? "" : ", ", one.name);
  }
  throw BadInput(fmt::format(
      "is '{}'; valid is a number{}", text,
      valid.empty() ? std::string() : fmt::format(", alone (in {}) or with one of {}", unit, valid)));
}

std::vector<AskedQuestion> read_questions(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file))
    throw BadInput(fmt::format("--questions {}: there is no such file", file.string()));
  return QuestionReader(file).read();
}

json answer_questions(const std::vector<AskedQuestion>& questions, const Evidence& evidence,
                      const json& summary) {
  json list = json::array();
  for (const AskedQuestion& asked : questions) {
    const CellEvidence& meant = cell_meant(asked, evidence);
    json needs = json::array();
    std::vector<std::string> answers;
    std::string because;
    for (const Need& need : asked.needs) {
      std::vector<json> found =
          need.beside.empty() ? by_figure(need, meant, summary) : by_ratio(asked, need, meant, summary);
      if (found.empty())
        found.push_back({{"answer", "cannot tell"},
                         {"because", fmt::format("no trial of {} that counts has a figure of {}", meant.id,
                                                 need.metric)}});
      for (json& one : found) {
        answers.push_back(one.at("answer"));
        because += fmt::format("{}{}", because.empty() ? "" : "; ", one.at("because").get<std::string>());
        one["metric"] = need.metric;
        needs.push_back(std::move(one));
      }
    }
    list.push_back({{"question", asked.ask},
                    {"answer", all_of(answers)},
                    {"because", because},
                    {"needs", std::move(needs)}});
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
