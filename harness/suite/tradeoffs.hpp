// No strategy is best at everything: which are not beaten at time, tail and memory together, and what a tie
// costs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace baton::suite {

// The row that shows what a request costs without ownership. Nobody can choose it: its buffers are assigned
// before the run.
inline constexpr std::string_view kFloor = "ideal";

// One strategy at one metric beside the same baseline; logarithms of a ratio, turned so that less is better.
struct Standing {
  double log = 0;
  double low = 0, high = 0;
};
struct Contestant {
  std::string strategy;
  std::vector<Standing> standings;  // by metric, the same for all
};

// For each the index of one that beats it, or its own if none does. One beats another if its own figure is
// worse at no metric, at one metric (their intervals do not meet), surely worse at none, and in its own
// figure worse at none.
std::vector<std::size_t> beaten_by(const std::vector<Contestant>& contestants);

// Both from a summary's cells and comparisons. By conditions and regime: at which metrics strategies were
// compared, who is not beaten ("best") and who is by whom ("beaten"). kFloor takes no part.
nlohmann::json pareto_json(const nlohmann::json& cells, const nlohmann::json& comparisons);
// By conditions, regime and strategy that tied: how long a tie takes, and the 99th percentile of its requests
// beside the baseline's.
nlohmann::json safety_json(const nlohmann::json& cells, const nlohmann::json& comparisons);

}  // namespace baton::suite
