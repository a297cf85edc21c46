// How cells are named.
#include <map>
#include <set>

#include <fmt/format.h>

#include "harness/suite/plan.hpp"
#include "harness/trial/config_json.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

// Which settings the cells of one workload do not agree on, as JSON pointers into the configuration.
std::map<std::string, std::set<std::string>> differing_settings(const std::vector<json>& cells) {
  std::map<std::string, std::map<std::string, std::set<std::string>>> values;
  for (const json& cell : cells) {
    const json flat = cell.flatten();
    for (const auto& [pointer, value] : flat.items()) {
      values[cell.at("workload")][pointer].insert(value.dump());
    }
  }
  std::map<std::string, std::set<std::string>> differing;
  for (const auto& [workload, settings] : values) {
    for (const auto& [pointer, seen] : settings) {
      if (seen.size() > 1 && pointer != "/strategy" && pointer != "/oversubscribed") {
        differing[workload].insert(pointer);
      }
    }
  }
  return differing;
}

}  // namespace

std::vector<std::string> cell_ids(const std::vector<AskedCell>& cells) {
  std::vector<json> configurations;
  for (const AskedCell& cell : cells) {
    configurations.push_back(trial::to_json(cell.config));
  }
  const auto differing = differing_settings(configurations);
  std::vector<std::string> ids;
  for (const json& cell : configurations) {
    std::string id =
        fmt::format("{}/{}", cell.at("strategy").get<std::string>(), cell.at("workload").get<std::string>());
    const auto settings = differing.find(cell.at("workload"));
    if (settings != differing.end()) {
      const json flat = cell.flatten();
      for (const std::string& pointer : settings->second) {
        if (flat.contains(pointer)) {
          const json& value = flat.at(pointer);
          id += fmt::format("/{}={}", pointer.substr(1),
                            value.is_string() ? value.get<std::string>() : value.dump());
        }
      }
    }
    ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace baton::suite
