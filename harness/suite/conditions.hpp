// What a cell's requests are like, in words: "every response handed off, 4 KiB bodies".
#pragma once

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"

namespace baton::suite {

// Of a configuration as records have it. Says nothing of the strategy and the allocator.
std::string conditions_in_words(const nlohmann::json& configuration);
// Likewise, without what is handed off: "4 KiB bodies".
std::string conditions_but_handoff(const nlohmann::json& configuration);

// By cell: its words. Where other cells that differ in more than strategy and allocator have the same, its
// workers are said as well, and if that does not tell them apart, the settings that its id names.
std::map<std::string, std::string> conditions_of(const Evidence& evidence);

}  // namespace baton::suite
