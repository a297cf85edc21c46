#include "harness/suite/crossovers.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "harness/suite/conditions.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr const char* kAxis = "/handoff/ratio";

// Where the line from (x, y) to the other crosses 0; they are on different sides of it.
double root_of(double x, double y, double other_x, double other_y) {
  return x + (other_x - x) * y / (y - other_y);
}

// Whether the interval holds 0 between two neighbours, from which x to which.
std::optional<std::pair<double, double>> open_between(const AxisPoint& one, const AxisPoint& other) {
  double from = one.x;
  double to = other.x;
  // 0 must be above the lower line and below the upper one; each of these holds on one side of a root.
  const auto clip = [&](double y, double other_y) {  // y <= 0 is wanted
    if (y > 0 && other_y > 0) {
      to = from - 1;
    } else if (y > 0) {
      from = std::max(from, root_of(one.x, y, other.x, other_y));
    } else if (other_y > 0) {
      to = std::min(to, root_of(one.x, y, other.x, other_y));
    }
  };
  clip(one.low, other.low);
  clip(-one.high, -other.high);
  if (from > to) return std::nullopt;
  return std::pair(from, to);
}

// From segment `i` on in the given direction, as far as the interval goes on holding 0.
std::optional<double> end_of(const std::vector<AxisPoint>& points, std::size_t i, bool rightwards) {
  for (;;) {
    const auto open = open_between(points[i], points[i + 1]);
    const double end = rightwards ? points[i + 1].x : points[i].x;
    if (const double reached = rightwards ? open->second : open->first; reached != end) return reached;
    if (rightwards ? i + 2 == points.size() : i == 0) return std::nullopt;
    i = rightwards ? i + 1 : i - 1;
    if (const auto next = open_between(points[i], points[i + 1]);
        !next || (rightwards ? next->first : next->second) != end) {
      return end;
    }
  }
}

}  // namespace

std::vector<Crossing> crossings_of(const std::vector<AxisPoint>& points) {
  std::vector<Crossing> crossings;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const AxisPoint& one = points[i];
    const AxisPoint& other = points[i + 1];
    if ((one.log < 0) == (other.log < 0)) continue;
    Crossing crossing{
        .at = root_of(one.x, one.log, other.x, other.log), .low = {}, .high = {}, .upwards = one.log < 0};
    crossing.low = end_of(points, i, false);
    crossing.high = end_of(points, i, true);
    crossings.push_back(crossing);
  }
  return crossings;
}

std::string_view course_of(const std::vector<AxisPoint>& points, const std::vector<Crossing>& crossings) {
  if (std::ranges::all_of(points, [](const AxisPoint& point) { return point.low > 0; })) return "above";
  if (std::ranges::all_of(points, [](const AxisPoint& point) { return point.high < 0; })) return "below";
  const bool known = std::ranges::any_of(crossings, [](const Crossing& one) { return one.low && one.high; });
  return known ? "crosses" : "not told";
}

json crossovers_json(const Evidence& evidence, const json& comparisons) {
  struct Series {
    std::string candidate, regime, conditions;
    bool oversubscribed = false;
    std::map<double, AxisPoint> points;
  };
  std::vector<Series> all;
  std::map<std::tuple<json, std::string>, std::size_t>
      index;  // by configuration without the share, and regime
  for (const json& said : comparisons) {
    if (said.at("metric") != "throughput" || said.at("axis") != comparisons.front().at("axis") ||
        said.at("simultaneous").is_null())
      continue;
    const CellEvidence* const cell = evidence.find(said.at("candidate").get<std::string>());
    if (cell == nullptr || !cell->configuration.contains(json::json_pointer(kAxis))) continue;
    json rest = cell->configuration;
    const double x = rest.at(json::json_pointer(kAxis)).get<double>();
    rest["handoff"].erase("ratio");
    rest.erase("workload");
    const std::string regime = said.at("regime");
    const auto [found, added] = index.emplace(std::tuple(std::move(rest), regime), all.size());
    if (added)
      all.push_back({.candidate = cell->strategy,
                     .regime = regime,
                     .conditions = conditions_but_handoff(cell->configuration),
                     .oversubscribed = false,
                     .points = {}});
    Series& series = all[found->second];
    series.oversubscribed = series.oversubscribed || said.at("oversubscribed").get<bool>();
    series.points.emplace(x, AxisPoint{.x = x,
                                       .log = std::log(said.at("ratio").get<double>()),
                                       .low = std::log(said.at("simultaneous").at("low").get<double>()),
                                       .high = std::log(said.at("simultaneous").at("high").get<double>())});
  }
  json list = json::array();
  for (const Series& series : all) {
    if (series.points.size() < 2) continue;
    std::vector<AxisPoint> points;
    json told = json::array();
    for (const auto& [x, point] : series.points) {
      points.push_back(point);
      told.push_back({{"at", x},
                      {"ratio", std::exp(point.log)},
                      {"low", std::exp(point.low)},
                      {"high", std::exp(point.high)}});
    }
    const std::vector<Crossing> crossings = crossings_of(points);
    json crossed = json::array();
    for (const Crossing& one : crossings) {
      crossed.push_back({{"at", one.at},
                         {"low", one.low ? json(*one.low) : json()},
                         {"high", one.high ? json(*one.high) : json()},
                         {"begins_to_pay", one.upwards}});
    }
    list.push_back({{"metric", "throughput"},
                    {"axis", kAxis},
                    {"strategy", series.candidate},
                    {"regime", series.regime},
                    {"conditions", series.conditions},
                    {"oversubscribed", series.oversubscribed},
                    {"points", std::move(told)},
                    {"crossings", std::move(crossed)},
                    {"course", course_of(points, crossings)}});
  }
  return list;
}

}  // namespace baton::suite
