// A configuration in which every setting differs from its default, so that one that is lost on the way is
// seen.
#pragma once

#include <algorithm>

#include "harness/trial/setting.hpp"

namespace baton::trial {

// Another valid value than `value`.
inline Value other_value(const Setting& setting, const Value& value) {
  switch (setting.kind) {
    case Setting::Kind::boolean:
      return !std::get<bool>(value);
    case Setting::Kind::integer: {
      const std::uint64_t integer = std::get<std::uint64_t>(value);
      return integer + 1 <= static_cast<std::uint64_t>(setting.most) ? integer + 1 : integer - 1;
    }
    case Setting::Kind::real: {
      const double real = std::get<double>(value);
      return real + 0.125 <= setting.most ? real + 0.125 : real - 0.125;
    }
    case Setting::Kind::name:
      return std::string(std::get<std::string>(value) == setting.names[0] ? setting.names[1]
                                                                          : setting.names[0]);
    case Setting::Kind::integers:
      return Integers{0, 7, static_cast<std::uint64_t>(std::min(setting.most, 1e9))};
    case Setting::Kind::text:
      return std::string(setting.key == "trace" ? "/some/site.trace" : "glibc:arena_max=1");
  }
  return value;
}

inline TrialConfig different_config() {
  TrialConfig config;
  config.strategy = "two_cache";
  config.workload = "handoff_ratio";
  for (const Setting& setting : settings()) {
    accept(setting, config, other_value(setting, setting.get(config)));
  }
  return config;
}

}  // namespace baton::trial
