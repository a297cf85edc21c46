#include "harness/trial/config_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>
#include <vector>

#include "harness/measure/environment.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/nearest.hpp"
#include "harness/trial/setting.hpp"

namespace baton::trial {
namespace {

using nlohmann::json;

Value value_of(const json& value) {
  switch (value.type()) {
    case json::value_t::boolean:
      return value.get<bool>();
    case json::value_t::number_unsigned:
      return value.get<std::uint64_t>();
    case json::value_t::number_integer:
    case json::value_t::number_float:
      return value.get<double>();
    case json::value_t::string:
      return value.get<std::string>();
    case json::value_t::array: {
      Integers list;
      for (const json& element : value) {
        if (!element.is_number_unsigned()) {
          throw BadInput(fmt::format("is {}; valid is a list of integers", value.dump()));
        }
        list.push_back(element.get<std::uint64_t>());
      }
      return list;
    }
    default:
      throw BadInput(fmt::format("is {}; valid is a value, not an object", value.dump()));
  }
}

// What is there beside the settings is a mistake, or the work of another version.
void refuse_unknown(const json& configuration) {
  std::vector<std::string_view> valid = {"/strategy", "/workload", "/oversubscribed"};
  for (const Setting& setting : settings()) {
    valid.push_back(setting.json);
  }
  const auto is_part = [&](const std::string& path) {
    return std::ranges::any_of(
        valid, [&](std::string_view known) { return known == path || known.starts_with(path + "/"); });
  };
  for (const auto& [key, value] : configuration.items()) {
    if (const std::string path = "/" + key; !is_part(path)) {
      throw BadInput(unknown_name("setting", path, valid));
    }
    if (value.is_object()) {
      for (const auto& [inner, ignored] : value.items()) {
        if (const std::string path = "/" + key + "/" + inner; !is_part(path)) {
          throw BadInput(unknown_name("setting", path, valid));
        }
      }
    }
  }
}

std::string text_of(const json& configuration, const char* key) {
  const auto found = configuration.find(key);
  if (found == configuration.end() || !found->is_string()) {
    throw BadInput(fmt::format("configuration: /{} is missing or not a text", key));
  }
  return found->get<std::string>();
}

}  // namespace

bool oversubscribed(const TrialConfig& config) {
  const std::uint32_t fetchers = config.pipeline.handoff.ratio > 0 ? config.pipeline.fetch_workers : 0;
  const std::uint32_t others = config.transport == TransportKind::tcp ? 2 : 0;  // the clients and the origin
  return config.pipeline.client_workers + fetchers + others > usable_cpus();
}

json to_json(const TrialConfig& config) {
  json configuration = {{"strategy", config.strategy},
                        {"workload", config.workload},
                        {"oversubscribed", oversubscribed(config)}};
  for (const Setting& setting : settings()) {
    std::visit([&](const auto& value) { configuration[json::json_pointer(setting.json)] = value; },
               setting.get(config));
  }
  return configuration;
}

json recorded(const TrialConfig& config) {
  json configuration = to_json(config);
  configuration.erase("seed");
  return configuration;
}

TrialConfig config_from_json(const json& configuration) {
  if (!configuration.is_object()) {
    throw BadInput("configuration: not an object");
  }
  refuse_unknown(configuration);
  TrialConfig config;
  config.strategy = text_of(configuration, "strategy");
  config.workload = text_of(configuration, "workload");
  for (const Setting& setting : settings()) {
    const json::json_pointer place(setting.json);
    if (!configuration.contains(place)) continue;  // of a run before there was this setting: its default
    try {
      accept(setting, config, value_of(configuration.at(place)));
    } catch (const BadInput& error) {
      throw BadInput(fmt::format("configuration: {} {}", setting.json, error.what()));
    }
  }
  return config;
}

}  // namespace baton::trial
