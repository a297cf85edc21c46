// What a summary says about a cell: one table. A metric is one number of one trial.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <nlohmann/json.hpp>

#include "harness/stats/decision.hpp"

namespace baton::suite {

struct Metric {
  std::string_view name;
  std::string_view unit;
  const char* pointer;      // into the record
  std::string_view sliced;  // its name in a slice's entry (slices/series), empty if a slice has none
  stats::Better better;
  std::string_view help;
  bool only_asked =
      false;  // compared only in cells that ask for it: each comparison makes all intervals wider
};

std::span<const Metric> metrics();
// metrics().size() if there is none of that name.
std::size_t find_metric(std::string_view name);

// The trial's number; none if the record has none (a closed loop has no intended start).
std::optional<double> value_of(const Metric& metric, const nlohmann::json& record);

}  // namespace baton::suite
