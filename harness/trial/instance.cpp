#include "harness/trial/instance.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "baton/registry.hpp"

namespace baton::trial {

#define BATON_DECLARE(name, Class) Instance instance_of_##name();
BATON_FOR_EACH_STRATEGY(BATON_DECLARE)
BATON_FOR_EACH_ADAPTER(BATON_DECLARE)
#undef BATON_DECLARE

std::span<const Instance> instances() {
#define BATON_CALL(name, Class) instance_of_##name(),
  static const std::vector<Instance> all = {BATON_FOR_EACH_STRATEGY(BATON_CALL)};
  return all;
}

std::span<const Instance> adapters() {
  static const std::vector<Instance> all = {BATON_FOR_EACH_ADAPTER(BATON_CALL)};
#undef BATON_CALL
  return all;
}

const Instance* find_instance(std::string_view name) {
  for (const std::span<const Instance> some : {instances(), adapters()}) {
    const auto found = std::ranges::find(some, name, &Instance::name);
    if (found != some.end()) {
      return &*found;
    }
  }
  return nullptr;
}

std::vector<std::string_view> strategy_names() {
  std::vector<std::string_view> names = strategies_called("all");
  const std::vector<std::string_view> further = strategies_called("adapters");
  names.insert(names.end(), further.begin(), further.end());
  return names;
}

std::string_view group_of(std::string_view strategy) {
#define BATON_GROUPED(name, group) {#name, group},
  static const std::map<std::string_view, std::string_view> groups = {BATON_FOR_EACH_GROUPED(BATON_GROUPED)};
#undef BATON_GROUPED
  const auto found = groups.find(strategy);
  return found != groups.end() ? found->second : "";
}

std::vector<std::string_view> strategy_groups() {
  std::vector<std::string_view> groups = {"all"};
  for (const Instance& instance : instances()) {
    if (const std::string_view group = group_of(instance.name()); std::ranges::count(groups, group) == 0) {
      groups.push_back(group);
    }
  }
  groups.emplace_back("adapters");
  return groups;
}

std::vector<std::string_view> strategies_called(std::string_view name) {
  std::vector<std::string_view> names;
  if (std::ranges::count(strategy_groups(), name) != 0) {
    for (const Instance& instance : name == "adapters" ? adapters() : instances()) {
      if (name == "all" || name == "adapters" || group_of(instance.name()) == name) {
        names.push_back(instance.name());
      }
    }
  } else if (const Instance* const one = find_instance(name)) {
    names.push_back(one->name());
  }
  return names;
}

}  // namespace baton::trial
