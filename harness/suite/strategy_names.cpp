#include "harness/suite/strategy_names.hpp"

#include <algorithm>

#include "harness/trial/instance.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::suite {

std::vector<std::string> strategies_at(const TomlReader& toml, const toml::table& table,
                                       std::string_view key) {
  const std::vector<std::string_view> single = trial::strategy_names();
  std::vector<std::string_view> valid = trial::strategy_groups();
  valid.insert(valid.end(), single.begin(), single.end());
  std::vector<std::string> chosen;
  for (const std::string& name : toml.names(table, key)) {
    if (std::ranges::find(valid, name) == valid.end())
      toml.fail(table.get(key), unknown_name("strategy", name, valid));
    for (const std::string_view one : trial::strategies_called(name)) chosen.emplace_back(one);
  }
  return chosen;
}

}  // namespace baton::suite
