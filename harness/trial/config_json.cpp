#include "harness/trial/config_json.hpp"

#include <variant>

#include "harness/measure/environment.hpp"
#include "harness/trial/setting.hpp"

namespace baton::trial {

using nlohmann::json;

namespace {

Value value_of(const Setting& setting, const json& node) {
  switch (setting.kind) {
    case Setting::Kind::boolean:
      return node.get<bool>();
    case Setting::Kind::integer:
      return node.get<std::uint64_t>();
    case Setting::Kind::real:
      return node.get<double>();
    case Setting::Kind::name:
      return node.get<std::string>();
    case Setting::Kind::integers:
      return node.get<Integers>();
  }
  return false;
}

}  // namespace

bool oversubscribed(const TrialConfig& config) {
  const bool hands_off = config.pipeline.handoff.ratio > 0;
  return config.pipeline.client_workers + (hands_off ? config.pipeline.fetch_workers : 0) > usable_cpus();
}

json to_json(const TrialConfig& config) {
  json result{{"strategy", config.strategy},
              {"workload", config.workload},
              {"oversubscribed", oversubscribed(config)}};
  for (const Setting& setting : settings()) {
    std::visit([&](const auto& value) { result[json::json_pointer(setting.json)] = value; },
               setting.get(config));
  }
  return result;
}

TrialConfig config_from_json(const json& told) {
  TrialConfig config;
  config.strategy = told.at("strategy");
  config.workload = told.at("workload");
  for (const Setting& setting : settings()) {
    accept(setting, config, value_of(setting, told.at(json::json_pointer(setting.json))));
  }
  return config;
}

}  // namespace baton::trial
