#include "harness/suite/turns.hpp"

#include <algorithm>
#include <string>

#include "harness/suite/metrics.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

std::optional<double> number(const json& value) {
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

bool near(double one, double other, double limit) {
  return limit == 0 || std::max(one, other) <= std::min(one, other) * (1 + limit);
}

}  // namespace

std::vector<Turn> turns_of(const json& record) {
  std::vector<Turn> turns;
  const auto slices = record.find("slices");
  if (slices == record.end() || !slices->is_object()) return turns;
  const json& series = slices->at("series");  // by name; all columns have an entry for each block
  const bool looked = series.contains("place");
  const auto copies = series.find("copy");
  for (std::size_t block = 0; block < series.at("requests_per_s").size(); ++block) {
    Turn turn{.block = block, .values = {}};
    for (const Metric& metric : metrics()) {
      const auto column = metric.sliced.empty() ? series.end() : series.find(std::string(metric.sliced));
      turn.values.push_back(column == series.end() ? std::nullopt : number(column->at(block)));
    }
    if (looked) {
      turn.machine = TurnMachine{.place = series.at("place").at(block),
                                 .spin_ns = series.at("spin_ns").at(block),
                                 .memory_ns = series.at("memory_ns").at(block),
                                 .round_trip_ns = number(series.at("round_trip_ns").at(block))};
    }
    if (copies != series.end()) turn.copy = copies->at(block);
    turns.push_back(std::move(turn));
  }
  return turns;
}

TurnPair::TurnPair(const Turn& one, const Turn& other) : one_(one.machine), other_(other.machine) {
  if (!one_ || !other_) return;
  const std::uint32_t place = one_->place;
  const std::uint32_t other_place = other_->place;
  if (place == other_place + 1) one_.reset();
  if (other_place == place + 1) other_.reset();
}

bool TurnPair::same_machine(const TurnLimits& limits) const {
  if (!one_ || !other_) return true;
  return near(one_->spin_ns, other_->spin_ns, limits.spin) &&
         near(one_->memory_ns, other_->memory_ns, limits.memory);
}

std::vector<std::optional<double>> TurnPair::round_trips() const {
  std::vector<std::optional<double>> trips;
  if (one_) trips.push_back(one_->round_trip_ns);
  if (other_) trips.push_back(other_->round_trip_ns);
  return trips;
}

}  // namespace baton::suite
