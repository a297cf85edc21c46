// How a run ends on a terminal: the question, what it can say, what it cannot and what that would need.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace baton::suite {

inline constexpr std::size_t kAnswerLines = 30;
inline constexpr std::size_t kAnswerColumns = 100;

// At most kAnswerLines lines of at most kAnswerColumns columns (but for the last, a command with the
// directory, which is not broken), made from a summary and nothing else: the
// answers about requests per second along the first baseline's axis, the surest first, then what is open,
// warnings, and where the rest is. `directory`: the run's.
std::string answers_of(const nlohmann::json& summary, std::string_view directory);

}  // namespace baton::suite
