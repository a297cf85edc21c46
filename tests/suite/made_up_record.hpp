// A record as far as evidence is made from it.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace baton::suite {

// Core to core and back, nanoseconds.
inline constexpr double kNear = 60;
inline constexpr double kFar = 320;

// Of a valid timed trial. The cell is strategy/workload.
inline nlohmann::json made_up_record(const std::string& strategy, const std::string& workload,
                                     std::uint32_t round) {
  const nlohmann::json none = nlohmann::json::array();
  return {{"trial_id", strategy + workload + std::to_string(round)},
          {"run_id", "made_up"},
          {"suite", "made_up"},
          {"cell_id", strategy + "/" + workload},
          {"strategy", strategy},
          {"workload", workload},
          {"allocator", {{"name", "glibc"}}},
          {"build", nlohmann::json::object()},
          {"environment", nlohmann::json::object()},
          {"role", "trial"},
          {"round", round},
          {"configuration", {{"strategy", strategy}, {"workload", workload}}},
          {"verdict", {{"valid", true}, {"reasons", none}}},
          {"quarantine", {{"quarantined", false}, {"reasons", none}}}};
}

}  // namespace baton::suite
