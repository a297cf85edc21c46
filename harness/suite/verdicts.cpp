#include "harness/suite/verdicts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/suite/tradeoffs.hpp"
#include "harness/suite/words.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr std::size_t kEnoughCpus = 4;  // for a word about contention
constexpr std::size_t kNamed = 3;       // strategies of one answer in a sentence

// What a metric's answers are called: more of what, fewer of what, beside whom.
struct Wording {
  std::string_view metric, better, worse;
};
constexpr std::array kWordings = {Wording{"throughput", "more requests/s than", "fewer requests/s than"},
                                  Wording{"idle_connection", "less memory per quiet connection than",
                                          "more memory per quiet connection than"}};

struct Matter {
  const Wording* wording = nullptr;
  std::string conditions, regime, baseline;
  bool oversubscribed = false;
  std::size_t units = 0;
  double sure = 0;
  std::map<std::string, std::vector<std::size_t>> by_answer;  // places in the list of comparisons
};

double size_of(const json& said) {
  return said.at("ratio").is_null() ? 0 : std::fabs(std::log(said.at("ratio").get<double>()));
}

std::string names_of(const json& comparisons, std::vector<std::size_t> places, bool with_figures) {
  // kFloor is nobody's choice, and comes last.
  std::ranges::stable_sort(places, [&](std::size_t one, std::size_t other) {
    const auto key = [&](std::size_t place) {
      return std::tuple(strategy_of(comparisons[place].at("candidate")) == kFloor,
                        -size_of(comparisons[place]));
    };
    return key(one) < key(other);
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(places.size(), kNamed); ++i) {
    const json& said = comparisons[places[i]];
    text += fmt::format("{}{}", i == 0 ? "" : ", ",
                        with_figures ? finding_text(said) : strategy_of(said.at("candidate")));
  }
  if (places.size() > kNamed) {
    text +=
        fmt::format(" and {} {}", places.size() - kNamed, places.size() == kNamed + 1 ? "other" : "others");
  }
  return text;
}

std::string sentence_of(const json& comparisons, const Matter& group) {
  std::string text = capitalised(group.conditions);
  const auto add = [&](const char* answer, const std::string& words, bool with_figures) {
    const auto found = group.by_answer.find(answer);
    if (found == group.by_answer.end()) return;
    text += fmt::format("{} {}: {}", text.ends_with(group.conditions.substr(1)) ? ":" : ";", words,
                        names_of(comparisons, found->second, with_figures));
  };
  add("better", fmt::format("{} {}", group.wording->better, group.baseline), true);
  add("worse", fmt::format("{} {}", group.wording->worse, group.baseline), true);
  add("no difference", fmt::format("the same as {}", group.baseline), false);
  add("undecided", "not told", false);
  return text + ".";
}

// How many of the decided ratios the counts explain; nothing if none was foretold.
json explained_of(const json& comparisons, const Matter& group) {
  std::size_t foretold = 0, explained = 0;
  for (const auto& [answer, places] : group.by_answer) {
    if (answer == "undecided") continue;
    for (const std::size_t place : places) {
      const auto predicted = comparisons[place].find("predicted");
      if (predicted == comparisons[place].end() || predicted->is_null() || predicted->at("agrees").is_null())
        continue;
      ++foretold;
      if (predicted->at("agrees").get<bool>()) ++explained;
    }
  }
  return foretold == 0 ? json() : json{{"explained", explained}, {"of", foretold}};
}

std::string limit_of(bool oversubscribed, std::size_t cpus) {
  if (oversubscribed)
    return fmt::format("more threads than the {} CPUs: nothing is claimed about contention", cpus);
  if (cpus != 0 && cpus < kEnoughCpus)
    return fmt::format("{} CPUs: nothing is said about contention among many", cpus);
  return {};
}

json verdict(const Matter& group, const json& comparisons, std::size_t cpus, bool is_main) {
  json places = json::object();
  for (const auto& [answer, own] : group.by_answer) places[answer] = own;
  const bool memory = group.wording->metric == "idle_connection";
  const json explained = explained_of(comparisons, group);
  std::string rests_on =
      memory ? fmt::format("memory, {} trials", group.units) : fmt::format("time, {} pairs", group.units);
  if (!explained.is_null()) {
    rests_on +=
        fmt::format("; exact counts times costs explain {} of {} ratios",
                    explained.at("explained").get<std::size_t>(), explained.at("of").get<std::size_t>());
  }
  return {{"metric", group.wording->metric},
          {"conditions", group.conditions},
          {"regime", group.regime},
          {"oversubscribed", group.oversubscribed},
          {"baseline", group.baseline},
          {"main", is_main},
          {"sure", group.sure},
          {"comparisons", std::move(places)},
          {"counts", explained},
          {"rests_on", std::move(rests_on)},
          {"limit", limit_of(group.oversubscribed, cpus)},
          {"sentence", sentence_of(comparisons, group)}};
}

// Who waits for whom, and how long; empty if nobody does.
json tie_verdicts(const json& safety, std::size_t cpus) {
  json list = json::array();
  std::map<std::pair<std::string, std::string>, std::size_t> most;  // trials, by conditions and strategy
  for (const json& one : safety) {
    std::size_t& own = most[{one.at("conditions"), one.at("strategy")}];
    own = std::max(own, one.at("tie_p50").at("trials").get<std::size_t>());
  }
  for (const json& one : safety) {
    const double tie = one.at("tie_p50").at("median");
    const std::string conditions = capitalised(one.at("conditions"));
    std::string text = fmt::format("{}: {} ties its workers, and half of the ties last {} or longer",
                                   conditions, one.at("strategy").get<std::string>(), duration_in_words(tie));
    if (!one.at("p99").is_null() && !one.at("baseline_p99").is_null()) {
      text += fmt::format("; one request in a hundred takes {} or longer, {} with {}",
                          duration_in_words(one.at("p99").at("median")),
                          duration_in_words(one.at("baseline_p99").at("median")),
                          one.at("baseline").get<std::string>());
    }
    list.push_back(
        {{"metric", "tie_p50"},
         {"conditions", one.at("conditions")},
         {"regime", one.at("regime")},
         {"oversubscribed", one.at("oversubscribed")},
         {"baseline", one.at("baseline")},
         {"main", one.at("tie_p50").at("trials") == most.at({one.at("conditions"), one.at("strategy")})},
         {"sure", 0.0},
         {"comparisons", json::object()},
         {"counts", nullptr},
         {"rests_on", fmt::format("time, {} trials", one.at("tie_p50").at("trials").get<std::size_t>())},
         {"limit", limit_of(one.at("oversubscribed"), cpus)},
         {"sentence", text + "."}});
  }
  return list;
}

}  // namespace

json verdicts_json(const json& summary, std::size_t cpus) {
  const json& comparisons = summary.at("comparisons");
  std::map<std::string, std::string> conditions;
  for (const json& cell : summary.at("cells")) conditions[cell.at("cell_id")] = cell.at("conditions");
  std::vector<Matter> groups;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> index;
  for (std::size_t place = 0; place < comparisons.size(); ++place) {
    const json& said = comparisons[place];
    const auto* const wording =
        std::ranges::find(kWordings, said.at("metric").get<std::string>(), &Wording::metric);
    if (wording == kWordings.end() || said.at("axis") != comparisons.front().at("axis")) continue;
    const std::tuple key(said.at("metric").get<std::string>(), said.at("baseline").get<std::string>(),
                         said.at("regime").get<std::string>());
    const auto [found, added] = index.emplace(key, groups.size());
    if (added) {
      groups.push_back({.wording = wording,
                        .conditions = conditions.at(said.at("baseline")),
                        .regime = said.at("regime"),
                        .baseline = strategy_of(said.at("baseline")),
                        .oversubscribed = false,
                        .units = 0,
                        .sure = 0,
                        .by_answer = {}});
    }
    Matter& group = groups[found->second];
    group.oversubscribed = group.oversubscribed || said.at("oversubscribed").get<bool>();
    group.units = std::max(group.units, said.at("units").get<std::size_t>());
    group.by_answer[said.at("answer")].push_back(place);
    if (!said.at("ratio").is_null()) group.sure = std::max(group.sure, sureness_of(said));
  }
  std::map<std::tuple<std::string_view, std::string>, std::size_t> most;  // units, by metric and conditions
  for (const Matter& group : groups) {
    std::size_t& own = most[{group.wording->metric, group.conditions}];
    own = std::max(own, group.units);
  }
  std::ranges::stable_sort(groups, [](const Matter& one, const Matter& other) {
    return std::tuple(one.wording, -one.sure) < std::tuple(other.wording, -other.sure);
  });
  json list = json::array();
  for (const Matter& group : groups) {
    const bool is_main = group.units == most.at({group.wording->metric, group.conditions});
    list.push_back(verdict(group, comparisons, cpus, is_main));
  }
  for (json& one : tie_verdicts(summary.at("safety"), cpus)) list.push_back(std::move(one));
  return list;
}

std::size_t cpus_of(const json& environment) {
  const json::json_pointer at("/cpu/usable");
  return environment.is_object() && environment.contains(at) && environment.at(at).is_number_integer()
             ? environment.at(at).get<std::size_t>()
             : 0;
}

json machine_json(const json& summary, const json& environment) {
  json because = json::array();
  bool red = false;
  const auto note = [&](bool is_red, std::string why) {
    red = red || is_red;
    because.push_back(std::move(why));
  };
  const json& build = summary.at("build");
  if (build.is_object() && (build.value("build_type", "") != "Release" ||
                            build.value("sanitizer", "none") != "none" || build.value("checked", false))) {
    note(true, "the program was built for checking and not for measuring");
  }
  std::size_t trials = 0;
  for (const json& cell : summary.at("cells")) {
    if (!cell.value("quarantined_only", false)) trials += cell.at("trials").get<std::size_t>();
  }
  const std::size_t set_aside = summary.at("quarantined").size();
  constexpr double kMany = 0.1, kTooMany = 0.5;
  if (const double share =
          set_aside == 0 ? 0 : static_cast<double>(set_aside) / static_cast<double>(trials + set_aside);
      share > kMany) {
    note(share > kTooMany,
         fmt::format("{:.0f} % of the trials were set aside because the machine was disturbed", share * 100));
  }
  double open = 1;
  for (const json& one : summary.at("resolution")) {
    if (one.at("metric") == "throughput") open = std::max(open, one.at("ratio").get<double>());
    if (one.at("biased").get<bool>()) {
      note(one.at("metric") == "throughput",
           fmt::format("{} of {} differs from itself beyond chance", one.at("metric").get<std::string>(),
                       one.at("cell_id").get<std::string>()));
    }
  }
  constexpr double kWide = 1.02, kTooWide = 1.1;
  if (open > kWide)
    note(open > kTooWide,
         fmt::format("a cell beside itself (A/A) leaves up to {:.1f} % open", (open - 1) * 100));
  if (summary.at("regimes").size() > 1)
    note(false, "the distance between the cores changed while the run went on; both are told apart");
  if (const std::size_t cpus = cpus_of(environment); cpus != 0 && cpus < kEnoughCpus)
    note(false, fmt::format("{} CPUs: nothing can be said about contention among many", cpus));
  const json::json_pointer virtual_machine("/cpu/virtual_machine");
  if (environment.is_object() && environment.contains(virtual_machine)) {
    const json& kind = environment.at(virtual_machine);  // whether, or which
    if (kind == json(true) || (kind.is_string() && kind != "none" && kind != "unavailable")) {
      note(false, "a virtual machine, which shares its CPUs with others");
    }
  }
  return {{"light", red ? "red" : because.empty() ? "green" : "yellow"}, {"because", std::move(because)}};
}

}  // namespace baton::suite
