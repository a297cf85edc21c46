// The faults that must be found, and the memory orders that are weakened one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/hunt.hpp"

namespace baton::model {

struct Mutant {
  std::string name;
  Fault fault;
  std::vector<std::string> scenarios;      // where to look first
  const Strategies* instead_of = nullptr;  // a planted variant of the strategy, where no Fault can say it
  std::string why_not_found;               // of an order that stays although nothing shows that it is needed
};
// Those that mean something for this strategy.
std::vector<Mutant> mutants_of(const Strategies& strategy);

struct Hunted {
  std::string name;
  std::uint64_t schedules = 0;
  std::optional<Found> found;
};
// Looks in the mutant's own scenarios, the known ones, and `generated` generated ones.
Hunted hunt(const Strategies& strategy, const Mutant& mutant, std::uint64_t generated, const Effort& effort);

// The effort that finds all of them.
inline constexpr Effort kHuntEffort{.systematic = 20'000, .random = 20'000};

// One mutant for each step by which a memory order that the strategy uses can be weakened: acquire and
// release to relaxed, acq_rel to either half.
std::vector<Mutant> weakenings_of(const Strategies& strategy);

}  // namespace baton::model
