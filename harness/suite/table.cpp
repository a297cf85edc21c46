#include "harness/suite/table.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace baton::suite {

using nlohmann::json;

namespace {

struct Cell {
  std::string id;
  std::string strategy;
  std::string workload;
  bool oversubscribed = false;
  std::vector<const json*> trials;  // valid, timed
  const json* verified = nullptr;
  std::size_t invalid = 0;
};

std::optional<double> number_at(const json& record, const std::string& pointer) {
  const json::json_pointer at(pointer);
  if (!record.contains(at) || !record.at(at).is_number()) {
    return std::nullopt;
  }
  return record.at(at).get<double>();
}

std::vector<double> numbers(const Cell& cell, const std::string& pointer) {
  std::vector<double> values;
  for (const json* trial : cell.trials) {
    if (const auto value = number_at(*trial, pointer)) {
      values.push_back(*value);
    }
  }
  std::ranges::sort(values);
  return values;
}

double median(const std::vector<double>& sorted) {
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

std::string median_text(const Cell& cell, const std::string& pointer, double scale, int digits) {
  const std::vector<double> values = numbers(cell, pointer);
  return values.empty() ? "-" : fmt::format("{:.{}f}", median(values) * scale, digits);
}

std::string range_text(const Cell& cell, const std::string& pointer) {
  const std::vector<double> values = numbers(cell, pointer);
  return values.empty() ? "-" : fmt::format("{:.0f}..{:.0f}", values.front(), values.back());
}

std::string ledger_text(const Cell& cell, const std::string& key, int digits) {
  const auto value =
      cell.verified == nullptr ? std::nullopt : number_at(*cell.verified, "/ledger/per_request/" + key);
  return value ? fmt::format("{:.{}f}", *value, digits) : "-";
}

// From the intended start where there is one (open loop).
std::string latency_text(const Cell& cell, const std::string& percentile) {
  const std::string pointer = numbers(cell, "/latency_ns/intended/" + percentile).empty()
                                  ? "/latency_ns/service/"
                                  : "/latency_ns/intended/";
  return median_text(cell, pointer + percentile, 1e-3, 1);
}

std::string peak_text(const Cell& cell) {
  return median_text(cell, "/buffers/peak_alive/bytes", 1.0 / 1024, 0);
}

std::vector<Cell> cells_of(const std::vector<json>& records) {
  std::vector<Cell> cells;
  for (const json& record : records) {
    const std::string id = record.at("cell_id");
    auto cell = std::ranges::find(cells, id, &Cell::id);
    if (cell == cells.end()) {
      const auto oversubscribed = record.at("configuration").value("oversubscribed", false);
      cell = cells.insert(cells.end(), Cell{.id = id,
                                            .strategy = record.at("strategy"),
                                            .workload = record.at("workload"),
                                            .oversubscribed = oversubscribed,
                                            .trials = {},
                                            .verified = nullptr,
                                            .invalid = 0});
    }
    if (!record.at("verdict").at("valid").get<bool>()) {
      ++cell->invalid;
    } else if (record.at("role") == "verify") {
      cell->verified = &record;
    } else {
      cell->trials.push_back(&record);
    }
  }
  std::ranges::stable_sort(cells, {}, &Cell::workload);
  return cells;
}

// The cell's name without strategy and workload, which the table shows already.
std::string variant_of(const Cell& cell) {
  const std::string common = cell.strategy + "/" + cell.workload;
  return cell.id.size() > common.size() ? cell.id.substr(common.size() + 1) : "";
}

}  // namespace

std::string line_of(const json& record) {
  const std::string what =
      record.at("role") == "verify" ? "verify" : fmt::format("round {}", record.at("round").get<int>());
  if (!record.at("verdict").at("valid").get<bool>()) {
    return fmt::format("{} {}: NOT VALID: {}", record.at("cell_id").get<std::string>(), what,
                       record.at("verdict").at("reasons").dump());
  }
  const auto rate = number_at(record, "/throughput/requests_per_s");
  const auto cpu = number_at(record, "/cpu/per_request_us");
  return fmt::format("{} {}: {} requests/s, {} us CPU/request", record.at("cell_id").get<std::string>(), what,
                     rate ? fmt::format("{:.0f}", *rate) : "-", cpu ? fmt::format("{:.2f}", *cpu) : "-");
}

std::string table(const std::vector<json>& records) {
  const std::vector<Cell> cells = cells_of(records);
  std::string text;
  std::string workload;
  for (const Cell& cell : cells) {
    if (cell.workload != workload) {
      workload = cell.workload;
      text += fmt::format(
          "\n{}{}\n{:<24} {:>10} {:>17} {:>9} {:>9} {:>9} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9}\n", workload,
          cell.oversubscribed ? "  (more threads than cores: oversubscribed)" : "", "strategy", "requests/s",
          "range", "p50 us", "p99 us", "CPU us", "locks", "RMW", "allocs", "copied B", "tie ms", "peak KiB");
    }
    text += fmt::format("{:<24} {:>10} {:>17} {:>9} {:>9} {:>9} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9}  {}\n",
                        cell.strategy, median_text(cell, "/throughput/requests_per_s", 1, 0),
                        range_text(cell, "/throughput/requests_per_s"), latency_text(cell, "p50"),
                        latency_text(cell, "p99"), median_text(cell, "/cpu/per_request_us", 1, 2),
                        ledger_text(cell, "locks", 3), ledger_text(cell, "atomic_rmw", 3),
                        ledger_text(cell, "allocations", 3), ledger_text(cell, "bytes_copied", 0),
                        median_text(cell, "/tie/p50_ns", 1e-6, 1), peak_text(cell), variant_of(cell));
  }
  text +=
      "\nMedians over valid trials. CPU: all pipeline threads, per request; with in-memory connections the "
      "clients' and origin's work is in "
      "it. locks, RMW, allocs,\ncopied: per request, from the verification trial. tie: median of those that "
      "happened. peak: conn buffers "
      "alive.\n";
  for (const json& record : records) {
    if (!record.at("verdict").at("valid").get<bool>()) {
      text += line_of(record) + "\n";
    }
  }
  return text;
}

}  // namespace baton::suite
