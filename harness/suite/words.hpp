// Numbers and names of a summary as sentences have them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace baton::suite {

// "two_cache" of "two_cache/handoff_ratio".
std::string strategy_of(const nlohmann::json& cell_id);
// A ratio's distance from 1.
double percent(const nlohmann::json& ratio);
// What a comparison showed: "two_cache +5.6 % [2.1, 9.3]", "workspace_wait 32.1 times [30.8, 33.5]".
std::string finding_text(const nlohmann::json& said);
// How sure a decided comparison is, in half widths of the interval that its answer was made from.
double sureness_of(const nlohmann::json& said);
// As it begins a sentence.
std::string capitalised(std::string text);
// "48.2 ms", "950 ns".
std::string duration_in_words(double ns);
// "4 KiB", "1.5 MiB", "300 B".
std::string bytes_in_words(double bytes);

}  // namespace baton::suite
