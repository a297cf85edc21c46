#include "harness/suite/differences.hpp"

#include <set>
#include <string>

namespace baton::suite {

using nlohmann::json;

namespace {

void collect(const std::string& where, const json& old_part, const json& new_part,
             std::set<std::string>& seen, json& list) {
  const json old_flat = old_part.is_structured() ? old_part.flatten() : json::object();
  const json new_flat = new_part.is_structured() ? new_part.flatten() : json::object();
  std::set<std::string> names;
  for (const auto& [name, value] : old_flat.items()) names.insert(name);
  for (const auto& [name, value] : new_flat.items()) names.insert(name);
  for (const std::string& name : names) {
    const json before = old_flat.contains(name) ? old_flat.at(name) : json();
    const json after = new_flat.contains(name) ? new_flat.at(name) : json();
    if (before == after) continue;
    if (!seen.insert(where + name + before.dump() + after.dump()).second) continue;
    list.push_back({{"where", where}, {"what", name.substr(1)}, {"old", before}, {"new", after}});
  }
}

}  // namespace

json differences_between(const Evidence& old_run, const Evidence& new_run) {
  json list = json::array();
  std::set<std::string> seen;
  collect("environment", old_run.environment(), new_run.environment(), seen, list);
  collect("build", old_run.build(), new_run.build(), seen, list);
  for (const CellEvidence& cell : old_run.cells()) {
    if (const CellEvidence* other = new_run.find(cell.id)) {
      collect("configuration", cell.configuration, other->configuration, seen, list);
    }
  }
  return list;
}

}  // namespace baton::suite
