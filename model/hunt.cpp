#include "model/hunt.hpp"

#include <array>

namespace baton::model {
namespace {

// Emptiness can be judged only if a load that is ordered by nothing sees what is newest.
Bounds bounds_of(const Scenario& scenario, unsigned preemptions) {
  Bounds bounds{.preemptions = preemptions};
  if (scenario.limit != 0) {
    bounds.stale_loads = 0;
  }
  return bounds;
}

std::string first_words(const std::string& what) { return what.substr(0, what.find_first_of(":[")); }

}  // namespace

Searched search(const Strategies& strategy, const Scenario& scenario, const Effort& effort) {
  Searched searched;
  ScenarioRun run(strategy, scenario);
  const auto threads = static_cast<unsigned>(scenario.threads.size());
  const auto round = [&](Choices choices, std::uint64_t most) {
    const Explored explored = explore(threads, run, choices, most);
    searched.schedules += explored.schedules;
    if (explored.failure) {
      searched.failure = Found{scenario, *explored.failure, explored.schedule};
    }
    return explored.complete;
  };
  constexpr std::array kPreemptions = {1U, 2U, 3U, ~0U};
  for (const unsigned preemptions : kPreemptions) {
    const bool complete = round(Choices::exhaustive(bounds_of(scenario, preemptions)), effort.systematic);
    if (searched.failure) {
      return searched;
    }
    if (!complete) {
      break;
    }
    searched.preemptions = preemptions;
  }
  searched.all = searched.preemptions == ~0U;
  if (!searched.all && effort.random != 0) {
    round(Choices::random(bounds_of(scenario, ~0U), effort.seed), effort.random);
  }
  return searched;
}

Found shortened(const Strategies& strategy, const Found& found) {
  Found best = found;
  for (std::size_t i = best.schedule.size(); i-- > 0;) {
    if (i >= best.schedule.size() || best.schedule[i] == '0') {
      continue;
    }
    std::string tried = best.schedule;
    tried[i] = '0';
    ScenarioRun run(strategy, found.scenario);
    Choices choices = Choices::replay(tried);
    const Explored explored = explore(static_cast<unsigned>(found.scenario.threads.size()), run, choices, 1);
    if (explored.failure && first_words(*explored.failure) == first_words(best.what)) {
      best = {found.scenario, *explored.failure, explored.schedule};
    }
  }
  return best;
}

std::vector<std::string> interleaving(const Strategies& strategy, const Scenario& scenario,
                                      const std::string& schedule) {
  std::vector<std::string> lines;
  ScenarioRun run(strategy, scenario);
  Choices choices = Choices::replay(schedule);
  static_cast<void>(explore(static_cast<unsigned>(scenario.threads.size()), run, choices, 1, &lines));
  return lines;
}

}  // namespace baton::model
