// What holds for every configuration that a reader of files or records let through.
#pragma once

#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/config_json.hpp"
#include "harness/trial/setting.hpp"

namespace baton::fuzz {

inline void require_same(const trial::TrialConfig& left, const trial::TrialConfig& right) {
  require(left.strategy == right.strategy && left.workload == right.workload, "names survive");
  for (const trial::Setting& setting : trial::settings()) {
    require(setting.get(left) == setting.get(right), "every setting survives");
  }
}

// Every setting is in its range, and the way to a record and back loses nothing.
inline void require_sound(const trial::TrialConfig& config) {
  trial::TrialConfig again = config;
  for (const trial::Setting& setting : trial::settings()) {
    trial::accept(setting, again, setting.get(config));  // throws what nobody catches
  }
  require_same(again, config);
  const std::string text = trial::to_json(config).dump();
  require_same(trial::config_from_json(nlohmann::json::parse(text)), config);
}

}  // namespace baton::fuzz
