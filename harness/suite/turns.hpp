// Turns of strategies that alternated in one process, and which pairs of them saw the same machine.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

namespace baton::suite {

// What the machine was like right before a turn, nanoseconds (harness/measure/lookout.hpp).
struct TurnMachine {
  std::uint32_t place = 0;  // among the turns of its block, 0 first
  double spin_ns = 0;
  double memory_ns = 0;
  std::optional<double> round_trip_ns;  // nothing: one CPU, or the other one was busy
};

struct Turn {
  std::uint64_t block = 0;                    // in a block every strategy has one turn
  std::vector<std::optional<double>> values;  // by metrics()
  std::optional<TurnMachine> machine = {};    // nothing: a record of before turns were looked at
  std::uint32_t copy = 0;                     // of the strategy's code, each at another place
};

// By how much what was seen before two turns may differ, as a share; 0: by anything.
struct TurnLimits {
  double spin = 0;
  double memory = 0;
};

// Of a record's "slices"; empty if it has none.
std::vector<Turn> turns_of(const nlohmann::json& record);

// Two turns of one block as a pair. What is looked at before a turn is the machine's, but a strategy may
// leave something behind, and none may choose which of its own pairs count: where the one's turn came right
// after the other's, what was seen between them is not asked.
class TurnPair {
 public:
  // Both with a machine, or neither.
  TurnPair(const Turn& one, const Turn& other);

  // Whether spin and memory calibration are the same within the limits, as far as that may be asked.
  [[nodiscard]] bool same_machine(const TurnLimits& limits) const;
  // The round trips that may be asked: at least one. Empty ones are not known.
  [[nodiscard]] std::vector<std::optional<double>> round_trips() const;

 private:
  std::optional<TurnMachine> one_, other_;  // empty: may not be asked
};

}  // namespace baton::suite
