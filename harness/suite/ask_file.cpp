// The file of questions, with errors that name file and line (ask.hpp).
#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "harness/suite/ask.hpp"
#include "harness/suite/expectations.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/strategy_names.hpp"
#include "harness/suite/toml_reader.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/nearest.hpp"
#include "strategies/ledger.hpp"

namespace baton::suite {

namespace {

constexpr std::array<std::string_view, 5> kQuestionKeys = {"ask", "strategy", "workload", "where", "needs"};
constexpr std::array<std::string_view, 6> kExpectKeys = {"that",       "because", "source",
                                                         "strategies", "where",   "needs"};
constexpr std::array<std::string_view, 5> kNeedKeys = {"metric", "counted", "beside", "at_least", "at_most"};

struct Unit {
  std::string_view name;
  std::string_view of;  // the metric's unit that it converts to
  double factor;
};
constexpr std::array kUnits = {
    Unit{"ns", "ns", 1},           Unit{"us", "ns", 1e3},
    Unit{"ms", "ns", 1e6},         Unit{"s", "ns", 1e9},
    Unit{"ns", "us", 1e-3},        Unit{"us", "us", 1},
    Unit{"ms", "us", 1e3},         Unit{"s", "us", 1e6},
    Unit{"B", "bytes", 1},         Unit{"kB", "bytes", 1e3},
    Unit{"MB", "bytes", 1e6},      Unit{"GB", "bytes", 1e9},
    Unit{"KiB", "bytes", 1024},    Unit{"MiB", "bytes", 1 << 20},
    Unit{"GiB", "bytes", 1 << 30}, Unit{"k", "requests/s", 1e3},
    Unit{"M", "requests/s", 1e6},  Unit{"us", "s", 1e-6},
    Unit{"ms", "s", 1e-3},         Unit{"s", "s", 1},
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

  // Of a workload file, whose other keys are read elsewhere (trial/workload.hpp).
  std::vector<Expectation> read_expectations() {
    const toml::table table = toml_.parse();
    std::vector<Expectation> expectations;
    for (const toml::table* block : toml_.tables(table, "expect")) {
      toml_.refuse_unknown(*block, "key of [[expect]]", kExpectKeys);
      expectations.push_back({.workload = toml_.file().stem().string(),
                              .that = text(*block, "that"),
                              .because = text(*block, "because"),
                              .source = block->contains("source") ? text(*block, "source") : "",
                              .strategies = strategies(*block),
                              .where = where(*block),
                              .needs = needs(*block)});
    }
    return expectations;
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
    asked.where = where(block);
    asked.needs = needs(block);
    return asked;
  }

  [[nodiscard]] std::vector<Where> where(const toml::table& block) const {
    std::vector<Where> found;
    if (const toml::table* table = toml_.table(block, "where")) {
      for (const auto& [key, node] : *table) found.push_back(setting(std::string(key.str()), node));
    }
    return found;
  }
  [[nodiscard]] std::vector<Need> needs(const toml::table& block) const {
    std::vector<Need> found;
    for (const toml::table* need : toml_.tables(block, "needs")) found.push_back(read_need(*need));
    if (found.empty())
      toml_.fail(&block,
                 R"(needs is missing; valid is a list such as [{ metric = "cpu", at_most = "2us" }])");
    return found;
  }
  [[nodiscard]] std::vector<std::string> strategies(const toml::table& block) const {
    std::vector<std::string> chosen = strategies_at(toml_, block, "strategies");
    if (chosen.empty()) toml_.fail(&block, "strategies is missing; valid is a list of strategies or groups");
    return chosen;
  }

  void check_strategy(const toml::table& table, std::string_view key, const std::string& name) const {
    const std::vector<std::string_view> valid = trial::strategy_names();
    if (std::ranges::find(valid, name) == valid.end())
      toml_.fail(table.get(key), unknown_name("strategy", name, valid));
  }

  [[nodiscard]] Where setting(const std::string& name, const toml::node& node) const {
    try {
      return where_from(name, toml_.text_of(node));
    } catch (const BadInput& error) {
      toml_.fail(&node, error.what());
    }
  }

  void check_metric(const toml::table& table, const std::string& name) const {
    if (find_metric(name) != metrics().size()) return;
    std::vector<std::string_view> valid;
    for (const Metric& metric : metrics()) valid.push_back(metric.name);
    toml_.fail(table.get("metric"), unknown_name("metric", name, valid));
  }
  void check_counted(const toml::table& table, const std::string& name) const {
    for (const std::string_view other : {"metric", "beside"}) {
      if (table.contains(other))
        toml_.fail(table.get(other), fmt::format("a need with `counted` has no {}", other));
    }
    std::vector<std::string_view> valid;
    for (const LedgerField& field : kLedgerFields) valid.push_back(field.name);
    if (std::ranges::find(valid, name) == valid.end())
      toml_.fail(table.get("counted"), unknown_name("count", name, valid));
  }

  [[nodiscard]] Need read_need(const toml::table& table) const {
    toml_.refuse_unknown(table, "key of needs", kNeedKeys);
    Need need{.metric = {}, .counted = {}, .beside = {}, .at_least = {}, .at_most = {}, .bound = {}};
    if (table.contains("counted")) {
      need.counted = text(table, "counted");
      check_counted(table, need.counted);
    } else {
      need.metric = text(table, "metric");
      check_metric(table, need.metric);
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
      return amount_in(
          need.beside.empty() && need.counted.empty() ? metrics()[find_metric(need.metric)].unit : "", given);
    } catch (const BadInput& error) {
      toml_.fail(node, fmt::format("{} {}", key, error.what()));
    }
  }

  TomlReader toml_;
};

}  // namespace

Where where_from(const std::string& name, std::string_view value) {
  const std::size_t dot = name.find('.');
  const trial::Setting* found = dot == std::string::npos
                                    ? nullptr
                                    : trial::find_setting(std::string_view(name).substr(0, dot),
                                                          std::string_view(name).substr(dot + 1));
  if (found == nullptr) {
    std::vector<std::string> names;
    for (const trial::Setting& one : trial::settings())
      names.push_back(fmt::format("{}.{}", one.section, one.key));
    throw BadInput(unknown_name("setting", name, std::vector<std::string_view>(names.begin(), names.end())));
  }
  try {
    return {found, trial::parse_value(*found, value)};
  } catch (const BadInput& error) {
    throw BadInput(fmt::format("{} {}", name, error.what()));
  }
}

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

std::vector<Expectation> read_expectations(const std::filesystem::path& workload_file) {
  return QuestionReader(workload_file).read_expectations();
}

}  // namespace baton::suite
