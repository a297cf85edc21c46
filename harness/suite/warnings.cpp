#include "harness/suite/warnings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/stats/bootstrap.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

template <class Which>
std::size_t cells_where(const json& summary, Which&& which) {
  return static_cast<std::size_t>(std::ranges::count_if(summary.at("cells"), which));
}

std::size_t most_rounds(const json& summary) {
  std::size_t most = 0;
  for (const json& comparison : summary.at("comparisons"))
    most = std::max(most, comparison.at("rounds").get<std::size_t>());
  return most;
}

void about_the_build(const Evidence& evidence, json& list) {
  const json& build = evidence.build();
  const std::string sanitizer = build.value("sanitizer", "none");
  const std::string type = build.value("build_type", "");
  if (sanitizer != "none")
    list.push_back(fmt::format("built with the {} sanitizer: no figure here is a speed", sanitizer));
  if (build.value("checked", false)) list.push_back("a checked build: no figure here is a speed");
  if (type != "Release") list.push_back(fmt::format("a build of type {}: no figure here is a speed", type));
}

// What the machine is not that a suite supposes, and how the run went on all the same.
void about_the_machine(const Evidence& evidence, const std::vector<std::string>& fallbacks, json& list) {
  for (const std::string& fallback : fallbacks) list.push_back(fallback);
  const json& environment = evidence.environment();
  const json::json_pointer quota("/container/cgroup/cpus");
  if (environment.contains(quota) && environment.at(quota).is_number()) {
    list.push_back(
        fmt::format("a quota of {:.3g} CPUs: the kernel stops all threads when that of a period is used up",
                    environment.at(quota).get<double>()));
  }
  const json::json_pointer kinds("/topology/kinds");
  if (environment.contains(kinds) && environment.at(kinds).get<int>() > 1) {
    list.push_back(fmt::format("CPUs of {} kinds: pinned workers get the fastest first, and others any",
                               environment.at(kinds).get<int>()));
  }
}

// Pairs of turns that count for nothing, as a share of all.
double dropped_share(const json& summary) {
  double turns = 0;
  double dropped = 0;
  for (const json& comparison : summary.at("comparisons")) {
    turns += comparison.at("turns").get<double>();
    dropped += comparison.at("dropped").get<double>();
  }
  return turns == 0 ? 0 : dropped / turns;
}

}  // namespace

json warnings_of(const json& summary, const Evidence& evidence, const std::vector<std::string>& fallbacks) {
  json list = json::array();
  about_the_build(evidence, list);
  about_the_machine(evidence, fallbacks, list);
  const std::size_t cells = summary.at("cells").size();
  const auto count = [&](std::size_t number, std::string_view what) {
    if (number != 0) list.push_back(fmt::format("{} of {} cells {}", number, cells, what));
  };
  if (const std::size_t invalid = summary.at("invalid").size(); invalid != 0) {
    list.push_back(fmt::format("{} trials are not valid and count for nothing", invalid));
  }
  if (const std::size_t set_aside = summary.at("quarantined").size(); set_aside != 0) {
    list.push_back(fmt::format("{} trials were quarantined because the machine was disturbed", set_aside));
  }
  constexpr double kWorthSaying = 0.01;
  if (const double share = dropped_share(summary); share >= kWorthSaying) {
    list.push_back(fmt::format(
        "{:.0f} % of the pairs of turns were dropped because the machine changed from one to the other",
        share * 100));
  }
  count(cells_where(summary, [](const json& cell) { return cell.at("quarantined_only").get<bool>(); }),
        "have quarantined trials only: shown, and compared with nothing");
  count(cells_where(summary, [](const json& cell) { return cell.at("oversubscribed").get<bool>(); }),
        "have more threads than there are cores: nothing is claimed about contention");
  count(cells_where(summary, [](const json& cell) { return cell.at("saturated").get<int>() != 0; }),
        "are saturated: the rate asked for was not reached, and latency grows with the trial's length");
  if (summary.at("regimes").size() > 1) {
    list.push_back("the cores' round trip had two regimes; cells are compared within each");
  }
  const bool has_questions = !summary.at("comparisons").empty();
  const std::size_t rounds = most_rounds(summary);
  if (has_questions && rounds < stats::StudentisedBootstrap::kLeastTrials) {
    list.push_back(
        fmt::format("{} rounds are few: intervals are wide, and small differences stay undecided", rounds));
  }
  if (has_questions && summary.at("resolution").empty()) {
    const bool ran_twice = std::ranges::any_of(summary.at("cells"),
                                               [](const json& cell) { return cell.at("again").get<bool>(); });
    list.push_back(ran_twice
                       ? "too few clean rounds to tell the resolution from A/A: nothing is called different"
                       : "without A/A (no baseline cell ran twice) nothing is called different");
  }
  for (const json& resolution : summary.at("resolution")) {
    if (resolution.at("biased").get<bool>()) {
      list.push_back(fmt::format(
          "{} of {} differs from itself beyond chance: look for the reason before reading on",
          resolution.at("metric").get<std::string>(), resolution.at("cell_id").get<std::string>()));
    }
  }
  return list;
}

}  // namespace baton::suite
