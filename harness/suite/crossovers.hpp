// From which share of handoffs on a strategy pays, or no longer does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"

namespace baton::suite {

// A ratio at one place of an axis; logarithms.
struct AxisPoint {
  double x = 0;
  double log = 0;
  double low = 0, high = 0;  // of the interval
};

// Where the straight lines between the points cross 0, and all x around it at which the interval, likewise
// drawn between the points, holds 0. An end that lies beyond the points is not known.
struct Crossing {
  double at = 0;
  std::optional<double> low, high;
  bool upwards = false;  // below 0 before it, above after
};
// Points in the order of x, each x once.
std::vector<Crossing> crossings_of(const std::vector<AxisPoint>& points);

// "above" or "below": the whole interval at every point. "crosses": a crossing whose both ends are known.
// Else "not told".
std::string_view course_of(const std::vector<AxisPoint>& points, const std::vector<Crossing>& crossings);

// Of a summary's comparisons of requests per second along the first baseline's axis: a series for every
// candidate whose cells differ in their share of handoffs and in nothing else. Intervals are those that are
// corrected for all comparisons.
nlohmann::json crossovers_json(const Evidence& evidence, const nlohmann::json& comparisons);

}  // namespace baton::suite
