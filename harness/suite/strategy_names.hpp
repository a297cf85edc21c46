// Lists of strategies in TOML files: names, and groups of the registry.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/toml_reader.hpp"

namespace baton::suite {

// Each strategy by name, groups spread out; empty if there is no such key. Throws BadInput: "FILE:LINE:
// unknown strategy ...".
std::vector<std::string> strategies_at(const TomlReader& toml, const toml::table& table,
                                       std::string_view key);

}  // namespace baton::suite
