#include "harness/suite/expectations.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "harness/trial/config_json.hpp"
#include "harness/trial/setting.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr std::string_view kHeld = "held";
constexpr std::string_view kDidNotHold = "did not hold";
constexpr std::string_view kCannotTell = "cannot tell";

json bound_json(const std::optional<double>& bound) { return bound ? json(*bound) : json(nullptr); }
std::optional<double> bound_of(const json& told) {
  return told.is_null() ? std::nullopt : std::optional(told.get<double>());
}

bool is_meant(const Expectation& expected, const CellEvidence& cell) {
  if (cell.is_again() || cell.workload != expected.workload ||
      std::ranges::find(expected.strategies, cell.strategy) == expected.strategies.end())
    return false;
  return is_where(expected.where, trial::config_from_json(cell.configuration));
}

std::string_view in_words(std::string_view answer) {
  return answer == "yes" ? kHeld : answer == "no" ? kDidNotHold : kCannotTell;
}

}  // namespace

json to_json(const std::vector<Expectation>& expectations) {
  json list = json::array();
  for (const Expectation& one : expectations) {
    json where = json::object();
    for (const auto& [setting, value] : one.where)
      where[fmt::format("{}.{}", setting->section, setting->key)] = trial::to_text(value);
    json needs = json::array();
    for (const Need& need : one.needs) {
      needs.push_back({{"metric", need.metric},
                       {"counted", need.counted},
                       {"beside", need.beside},
                       {"at_least", bound_json(need.at_least)},
                       {"at_most", bound_json(need.at_most)},
                       {"bound", need.bound}});
    }
    list.push_back({{"workload", one.workload},
                    {"that", one.that},
                    {"because", one.because},
                    {"source", one.source},
                    {"strategies", one.strategies},
                    {"where", std::move(where)},
                    {"needs", std::move(needs)}});
  }
  return list;
}

std::vector<Expectation> expectations_from_json(const json& told) {
  std::vector<Expectation> expectations;
  for (const json& one : told) {
    Expectation expected{.workload = one.at("workload"),
                         .that = one.at("that"),
                         .because = one.at("because"),
                         .source = one.at("source"),
                         .strategies = one.at("strategies"),
                         .where = {},
                         .needs = {}};
    for (const auto& [name, value] : one.at("where").items())
      expected.where.push_back(where_from(name, value.get<std::string>()));
    for (const json& need : one.at("needs")) {
      expected.needs.push_back({.metric = need.at("metric"),
                                .counted = need.value("counted", ""),
                                .beside = need.at("beside"),
                                .at_least = bound_of(need.at("at_least")),
                                .at_most = bound_of(need.at("at_most")),
                                .bound = need.at("bound")});
    }
    expectations.push_back(std::move(expected));
  }
  return expectations;
}

json expectations_json(const std::vector<Expectation>& expectations, const Evidence& evidence,
                       const json& summary) {
  json list = json::array();
  for (const Expectation& expected : expectations) {
    json cells = json::array();
    std::map<std::string_view, std::size_t> answers;
    for (const CellEvidence& cell : evidence.cells()) {
      if (!is_meant(expected, cell)) continue;
      const json answer = answer_of(expected.needs, cell, summary);
      const std::string_view words = in_words(answer.at("answer").get_ref<const std::string&>());
      ++answers[words];
      cells.push_back({{"cell_id", cell.id}, {"answer", words}, {"because", answer.at("because")}});
    }
    if (cells.empty()) continue;
    const std::string_view answer = answers.contains(kDidNotHold) ? kDidNotHold
                                    : answers.contains(kHeld)     ? kHeld
                                                                  : kCannotTell;
    list.push_back({{"workload", expected.workload},
                    {"that", expected.that},
                    {"because", expected.because},
                    {"source", expected.source},
                    {"answer", answer},
                    {"cells", std::move(cells)}});
  }
  return list;
}

std::vector<std::string> sentences_of(const json& told) {
  std::vector<std::string> sentences;
  if (told.empty()) return sentences;
  std::map<std::string, std::size_t> answers;
  for (const json& one : told) ++answers[one.at("answer")];
  sentences.push_back(fmt::format(
      "Of {} expectations of the workloads {} held, {} did not, {} cannot be told.", told.size(),
      answers[std::string(kHeld)], answers[std::string(kDidNotHold)], answers[std::string(kCannotTell)]));
  for (const json& one : told) {
    if (one.at("answer") != kDidNotHold) continue;
    const json& cells = one.at("cells");
    const auto broken =
        std::ranges::find_if(cells, [](const json& cell) { return cell.at("answer") == kDidNotHold; });
    sentences.push_back(fmt::format("Expected of {}, and not so: {} ({}: {}).",
                                    one.at("workload").get<std::string>(), one.at("that").get<std::string>(),
                                    broken->at("cell_id").get<std::string>(),
                                    broken->at("because").get<std::string>()));
  }
  return sentences;
}

}  // namespace baton::suite
