// Rows beside each other on more and more cores, over what is not known of a machine, and what may be said of
// it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "simulate/scenario.hpp"

namespace baton::simulate {

// The rows of the registry that can be simulated.
std::span<const Row> rows();
// Those that cannot: they go past the platform.
std::span<const std::string_view> opaque_rows();

// The first is the middle of what is thought likely; the others fill the ranges evenly, each with a seed of
// its own: tenure 0.1 to 0.7, occupancy 0 to 15 ns, distances 0.75 to 1.25 times the machine's, sleeping half
// to twice its costs, slices 1.5 to 6 ms.
std::vector<Unknowns> unknown_settings(std::uint32_t n, std::uint64_t seed);

struct Cell {
  std::string label;  // the workload's name and what it is swept at
  Scenario scenario;
  std::vector<std::pair<std::string, std::string>> swept;  // key and value
};
struct Plan {
  Machine machine;
  std::vector<Row> rows;
  std::vector<Cell> cells;
  std::vector<std::uint32_t> cores;  // ascending
  std::vector<Unknowns> settings;
  std::uint32_t threads = 2;  // of the host
};

// Of one row on so many cores: a value for each setting, and sums over all of them.
struct Point {
  std::uint32_t cores = 0;
  std::vector<double> per_s, p50_ns, p99_ns;
  std::uint64_t requests = 0, failed = 0, handoffs = 0;
  Tally tally;
  std::vector<std::string> names;
  Picoseconds stalled = 0;
};
struct RowStudy {
  std::string name;
  std::vector<Point> points;  // as Plan::cores
};
struct CellStudy {
  std::string label;
  std::vector<RowStudy> rows;
};

// A band: the median, and the least and greatest of all settings.
struct Band {
  double low = 0, median = 0, high = 0;
};
Band band_of(std::vector<double> values);

// What a line has of all that cores wait for at that point, the hottest first.
struct Heat {
  std::string name;
  double share;      // of the stalls
  double transfers;  // a request
};
std::vector<Heat> heat_of(const Point& point);
inline double per_request(double sum, std::uint64_t requests) noexcept {
  return requests == 0 ? 0 : sum / static_cast<double>(requests);
}

// In which part of the settings `one` is ahead of `other`, and by what in the middle.
struct Beside {
  double ahead;
  double factor;
};
Beside beside(const Point& one, const Point& other);

// From where on a row does less than half of what the best of the cell does; kNowhere: it never does.
inline constexpr std::uint32_t kNowhere = 0;
// By setting.
std::vector<std::uint32_t> knees(const CellStudy& cell, const RowStudy& row);

// Of less than that nothing is said, whatever the settings agree on (docs/simulation.md).
inline constexpr double kLeastFactor = 2;
// Settings that have to agree.
inline constexpr double kAgreement = 0.9;

struct Claim {
  std::string sentence;
  std::uint32_t cores = 0;  // from which on
};
std::vector<Claim> claims_of(const CellStudy& cell);
// Of cells of one workload that differ in one value, and of that the next: where it moves a row's knee by
// that factor or more, or away.
std::vector<Claim> moved_knees(const Plan& plan, const std::vector<CellStudy>& cells);

// Throws std::runtime_error if a row lost or doubled a buffer.
std::vector<CellStudy> study(const Plan& plan);

// As simulate/schema.json says.
nlohmann::json to_json(const Plan& plan, const std::vector<CellStudy>& cells);
std::string text_of(const Plan& plan, const std::vector<CellStudy>& cells);

}  // namespace baton::simulate
