// Nothing is silently unknown: what this machine does not tell stands in a record as "unavailable", never as
// 0.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

namespace baton {

inline constexpr const char* kUnavailable = "unavailable";

// The value, or "unavailable".
template <class T>
[[nodiscard]] nlohmann::json or_unavailable(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(kUnavailable);
}

}  // namespace baton
