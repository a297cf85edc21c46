// How a scenario is searched, and what came out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/run.hpp"

namespace baton::model {

// Schedules of one scenario. The same numbers, the same schedules.
struct Effort {
  std::uint64_t systematic = 20'000;  // most of each round: 1, 2, 3 and any number of preemptions
  std::uint64_t random = 2'000;       // where the rounds are not complete
  std::uint64_t seed = 1;
};

struct Found {
  Scenario scenario;
  std::string what;
  std::string schedule;
};
struct Searched {
  std::uint64_t schedules = 0;
  bool all = false;              // every schedule was explored (within what the engine can do)
  unsigned preemptions = 0;      // all schedules with so many were
  std::optional<Found> failure;  // the first
};

Searched search(const Strategies& strategy, const Scenario& scenario, const Effort& effort);

// The failing schedule with as few departures from the ordinary as this finds.
Found shortened(const Strategies& strategy, const Found& found);

// The interleaving, line by line. Ends with the failure, if there is one.
std::vector<std::string> interleaving(const Strategies& strategy, const Scenario& scenario,
                                      const std::string& schedule);

}  // namespace baton::model
