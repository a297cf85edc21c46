#include "harness/suite/tradeoffs.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "harness/suite/metrics.hpp"
#include "harness/suite/words.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

// What stands for time, for the tail and for memory: of each row the first that was asked about.
const std::vector<std::vector<std::string_view>> kDimensions = {
    {"throughput", "cpu"},
    {"intended_p99", "service_p99"},
    {"idle_connection", "process_memory", "buffers_peak"}};

bool beats(const Contestant& one, const Contestant& other) {
  bool surely_better = false;
  for (std::size_t i = 0; i < one.standings.size(); ++i) {
    if (one.standings[i].log > other.standings[i].log) return false;
    surely_better = surely_better || one.standings[i].high < other.standings[i].low;
  }
  return surely_better;
}

Standing standing_of(const json& said) {
  const json& interval = said.at("simultaneous");
  const double sign =
      metrics()[find_metric(said.at("metric").get<std::string>())].better == stats::Better::higher ? -1 : 1;
  const double low = sign * std::log(interval.at("low").get<double>());
  const double high = sign * std::log(interval.at("high").get<double>());
  return {.log = sign * std::log(said.at("ratio").get<double>()),
          .low = std::min(low, high),
          .high = std::max(low, high)};
}

const json* cell_named(const json& cells, const json& id, const json& regime) {
  const auto found = std::ranges::find_if(
      cells, [&](const json& cell) { return cell.at("cell_id") == id && cell.at("regime") == regime; });
  return found == cells.end() ? nullptr : &*found;
}

// What stands beside one baseline in one regime, by metric and candidate.
struct Compared {
  std::string baseline, regime;
  std::map<std::string, std::vector<const json*>, std::less<>> by_metric;
};
std::vector<Compared> compared_of(const json& comparisons) {
  std::vector<Compared> groups;
  std::map<std::tuple<std::string, std::string>, std::size_t> index;
  for (const json& said : comparisons) {
    if (said.at("axis") != comparisons.front().at("axis") || said.at("simultaneous").is_null()) continue;
    const std::tuple key(said.at("baseline").get<std::string>(), said.at("regime").get<std::string>());
    const auto [found, added] = index.emplace(key, groups.size());
    if (added) groups.push_back({.baseline = std::get<0>(key), .regime = std::get<1>(key), .by_metric = {}});
    groups[found->second].by_metric[said.at("metric").get<std::string>()].push_back(&said);
  }
  return groups;
}

std::vector<std::string> metrics_compared(const Compared& group) {
  std::vector<std::string> names;
  for (const auto& dimension : kDimensions) {
    const auto found = std::ranges::find_if(
        dimension, [&](std::string_view name) { return group.by_metric.contains(name); });
    if (found != dimension.end()) names.emplace_back(*found);
  }
  return names;
}

}  // namespace

std::vector<std::size_t> beaten_by(const std::vector<Contestant>& contestants) {
  std::vector<std::size_t> by;
  for (std::size_t i = 0; i < contestants.size(); ++i) {
    const auto found = std::ranges::find_if(
        contestants, [&](const Contestant& other) { return beats(other, contestants[i]); });
    by.push_back(found == contestants.end() ? i : static_cast<std::size_t>(found - contestants.begin()));
  }
  return by;
}

json pareto_json(const json& cells, const json& comparisons) {
  json list = json::array();
  for (const Compared& group : compared_of(comparisons)) {
    const std::vector<std::string> names = metrics_compared(group);
    const json* const baseline = cell_named(cells, group.baseline, group.regime);
    if (names.size() < 2 || baseline == nullptr) continue;
    std::map<std::string, std::vector<Standing>> standings;  // by strategy
    for (const std::string& name : names) {
      for (const json* said : group.by_metric.at(name)) {
        standings[strategy_of(said->at("candidate"))].push_back(standing_of(*said));
      }
    }
    std::vector<Contestant> contestants{
        {.strategy = baseline->at("strategy"), .standings = std::vector<Standing>(names.size())}};
    for (auto& [strategy, own] : standings) {
      if (strategy != kFloor && own.size() == names.size())
        contestants.push_back({.strategy = strategy, .standings = std::move(own)});
    }
    json best = json::array();
    json beaten = json::object();
    const std::vector<std::size_t> by = beaten_by(contestants);
    for (std::size_t i = 0; i < by.size(); ++i) {
      if (by[i] == i) {
        best.push_back(contestants[i].strategy);
      } else {
        beaten[contestants[i].strategy] = contestants[by[i]].strategy;
      }
    }
    list.push_back({{"conditions", baseline->at("conditions")},
                    {"regime", group.regime},
                    {"oversubscribed", baseline->at("oversubscribed")},
                    {"baseline", baseline->at("strategy")},
                    {"metrics", names},
                    {"best", std::move(best)},
                    {"beaten", std::move(beaten)}});
  }
  return list;
}

json safety_json(const json& cells, const json& comparisons) {
  json list = json::array();
  for (const json& cell : cells) {
    const json& own = cell.at("metrics");
    if (!own.contains("tie_p50") || cell.at("again").get<bool>()) continue;
    const char* const tail = own.contains("intended_p99") ? "intended_p99" : "service_p99";
    json told{{"strategy", cell.at("strategy")}, {"conditions", cell.at("conditions")},
              {"regime", cell.at("regime")},     {"oversubscribed", cell.at("oversubscribed")},
              {"tie_p50", own.at("tie_p50")},    {"tail", tail},
              {"p99", own.value(tail, json())},  {"baseline", nullptr},
              {"baseline_p99", nullptr}};
    const auto beside = std::ranges::find_if(comparisons, [&](const json& said) {
      return said.at("candidate") == cell.at("cell_id") && said.at("regime") == cell.at("regime");
    });
    if (beside != comparisons.end()) {
      if (const json* const baseline = cell_named(cells, beside->at("baseline"), cell.at("regime"))) {
        told["baseline"] = baseline->at("strategy");
        told["baseline_p99"] = baseline->at("metrics").value(tail, json());
      }
    }
    list.push_back(std::move(told));
  }
  return list;
}

}  // namespace baton::suite
