// What the checker explored and found, for one strategy: as it is kept, shown and tested.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/mutants.hpp"

namespace baton::model {

struct Evidence {
  std::string strategy;
  std::size_t threads = 0;  // most
  std::size_t steps = 0;    // most of one thread
  std::size_t buffers = 0;  // most unused at the start
  std::uint64_t scenarios = 0;
  std::uint64_t complete = 0;  // of them, with every schedule explored
  std::uint64_t schedules = 0;
  std::vector<Found> failures;
  std::vector<Hunted> mutants;
  std::vector<Hunted> orders;
  std::vector<std::string> not_needed;   // why, for each order that was not found, in their order
  std::vector<std::string> not_covered;  // sentences
};

// Explores the known scenarios and then generated ones, while `more` says so (it is told how many were).
void explore_scenarios(const Strategies& strategy, const Effort& effort, Evidence& evidence,
                       const std::function<bool(std::uint64_t)>& more);
void hunt_mutants(const Strategies& strategy, Evidence& evidence);

// What went wrong, a sentence each; empty if all is well: no failure, every mutant found, every order either
// shown to be needed or explained.
std::vector<std::string> complaints(const Evidence& evidence);

// JSON, and the table that it makes. Throws std::runtime_error if the file is not such evidence.
std::string to_json(const std::vector<Evidence>& all, const Effort& effort);
std::string table_of(const std::string& path);

}  // namespace baton::model
