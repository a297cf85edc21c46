#include "harness/suite/table.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace baton::suite {

using nlohmann::json;

namespace {

std::optional<double> number_at(const json& from, const std::string& pointer) {
  const json::json_pointer at(pointer);
  if (!from.contains(at) || !from.at(at).is_number()) return std::nullopt;
  return from.at(at).get<double>();
}

std::string number_text(std::optional<double> value, double scale, int digits) {
  return value ? fmt::format("{:.{}f}", *value * scale, digits) : "-";
}

std::string text_at(const json& from, const char* key) { return from.at(key).get<std::string>(); }

// A cell with two modes has no middle worth a name: both are shown.
std::string median_text(const json& cell, const std::string& metric, double scale, int digits) {
  const std::string at = "/metrics/" + metric;
  if (const auto low = number_at(cell, at + "/modes/low")) {
    return fmt::format("{}|{}", number_text(low, scale, digits),
                       number_text(number_at(cell, at + "/modes/high"), scale, digits));
  }
  return number_text(number_at(cell, at + "/median"), scale, digits);
}

std::string range_text(const json& cell, const std::string& metric) {
  const auto low = number_at(cell, "/metrics/" + metric + "/interval/low");
  const auto high = number_at(cell, "/metrics/" + metric + "/interval/high");
  return low && high ? fmt::format("{:.0f}..{:.0f}", *low, *high) : "-";
}

std::string latency_text(const json& cell, const char* percentile) {
  const bool open = cell.at("metrics").contains(std::string("intended_") + percentile);
  return median_text(cell, std::string(open ? "intended_" : "service_") + percentile, 1e-3, 1);
}

std::string ledger_text(const json& cell, const std::string& key, int digits) {
  return number_text(number_at(cell, "/ledger/" + key), 1, digits);
}

double percent(double ratio) { return (ratio - 1) * 100; }

// The first comparison of the cell along the first axis: "-3.1 % [-4.0, -2.2] worse".
using Comparisons = std::map<std::pair<std::string, std::string>, const json*>;

std::string comparison_text(const json& cell, const Comparisons& comparisons) {
  if (cell.at("again").get<bool>()) return "A/A";
  const auto found = comparisons.find({cell.at("cell_id"), cell.at("regime")});
  if (found == comparisons.end() || found->second->at("ratio").is_null()) return "";
  const json& said = *found->second;
  const json& corrected = said.at("simultaneous");
  const std::string answer = text_at(said, "answer");
  std::string text = fmt::format("{:+.1f} % [{:+.1f}, {:+.1f}] {}", percent(said.at("ratio")),
                                 percent(corrected.at("low")), percent(corrected.at("high")), answer);
  if (const auto predicted = said.find("predicted"); predicted != said.end()) {
    const json& interval = predicted->at("interval");
    text += fmt::format(", foretold {:+.1f} % [{:+.1f}, {:+.1f}]{}", percent(predicted->at("ratio")),
                        percent(interval.at("low")), percent(interval.at("high")),
                        predicted->at("agrees") == json(false) ? " NOT EXPLAINED" : "");
  }
  if (const json& rounds = said.at("rounds_needed"); !rounds.is_null()) {
    text += fmt::format(" (~{} rounds)", rounds.get<std::size_t>());
  }
  return text;
}

// The cell's name without strategy and workload, which the table shows already.
std::string variant_of(const json& cell) {
  const std::string id = text_at(cell, "cell_id");
  const std::string common = text_at(cell, "strategy") + "/" + text_at(cell, "workload");
  return id.size() > common.size() ? id.substr(common.size() + 1) : "";
}

std::string heading(const json& cell, const std::string& baseline) {
  return fmt::format(
      "\n{}{}\n{:<22} {:>9} {:>17} {:>13} {:>11} {:>11} {:>7} {:>7} {:>7} {:>8} {:>7} {:>8}  {}\n",
      text_at(cell, "workload"),
      cell.at("oversubscribed").get<bool>() ? "  (more threads than cores: oversubscribed)" : "", "strategy",
      "requests/s", "median's range", "CPU us", "p50 us", "p99 us", "locks", "RMW", "allocs", "copied B",
      "tie ms", "peak KiB", baseline);
}

std::string row(const json& cell, const Comparisons& comparisons, bool regimes) {
  std::string notes = comparison_text(cell, comparisons);
  const auto add = [&](const std::string& note) {
    if (!note.empty()) notes += (notes.empty() ? "" : "  ") + note;
  };
  add(variant_of(cell));
  add(regimes ? text_at(cell, "regime") : "");
  add(cell.at("quarantined_only").get<bool>() ? "QUARANTINED" : "");
  add(cell.at("saturated").get<int>() != 0 ? "SATURATED" : "");
  add(cell.at("verified") == json(false) ? "NOT VERIFIED, not timed" : "");
  return fmt::format("{:<22} {:>9} {:>17} {:>13} {:>11} {:>11} {:>7} {:>7} {:>7} {:>8} {:>7} {:>8}  {}\n",
                     text_at(cell, "strategy"), median_text(cell, "throughput", 1, 0),
                     range_text(cell, "throughput"), median_text(cell, "cpu", 1, 2),
                     latency_text(cell, "p50"), latency_text(cell, "p99"), ledger_text(cell, "locks", 3),
                     ledger_text(cell, "atomic_rmw", 3), ledger_text(cell, "allocations", 3),
                     ledger_text(cell, "bytes_copied", 0), median_text(cell, "tie_p50", 1e-6, 1),
                     median_text(cell, "buffers_peak", 1.0 / 1024, 0), notes);
}

// "throughput 1.2 % to 3.4 %, CPU ...": from the best to the worst of the A/A pairs.
std::string resolution_text(const json& summary) {
  std::string text;
  for (const char* metric : {"throughput", "cpu"}) {
    std::vector<double> found;
    for (const json& one : summary.at("resolution")) {
      if (one.at("metric") == metric) found.push_back(percent(one.at("ratio")));
    }
    if (found.empty()) continue;
    const auto [least, most] = std::ranges::minmax(found);
    text += fmt::format("{}{} {:.1f} %", text.empty() ? "" : ", ", metric, least);
    if (found.size() > 1) text += fmt::format(" to {:.1f} % ({} pairs)", most, found.size());
  }
  return text.empty() ? "" : "Resolution, from equal cells under two names (A/A): " + text + ".\n";
}

constexpr std::string_view kLegend =
    "Medians of clean trials; two modes are shown as both. The median's range holds it with 95 %, or with "
    "fewer "
    "than\nsix trials is all of them (summary.json says what that is worth). CPU: all pipeline threads, per "
    "request; with "
    "in-memory "
    "connections the clients' and\norigin's work is in it. locks, RMW, allocs, copied: per request, from the "
    "verification trial. tie: median of those that happened. peak: conn\nbuffers alive. The ratio is that of "
    "requests/s in the same rounds, with the interval corrected for all such comparisons of the run; "
    "foretold: what "
    "exact counts times this machine's costs make of it.\n";

}  // namespace

std::string line_of(const json& record) {
  const std::string what =
      record.at("role") == "verify" ? "verify" : fmt::format("round {}", record.at("round").get<int>());
  const std::string cell = text_at(record, "cell_id");
  if (!record.at("verdict").at("valid").get<bool>()) {
    return fmt::format("{} {}: NOT VALID: {}", cell, what, record.at("verdict").at("reasons").dump());
  }
  std::string line = fmt::format("{} {}: {} requests/s, {} us CPU/request", cell, what,
                                 number_text(number_at(record, "/throughput/requests_per_s"), 1, 0),
                                 number_text(number_at(record, "/cpu/per_request_us"), 1, 2));
  const json quarantine = record.value("quarantine", json());
  if (quarantine.is_object() && !quarantine.at("reasons").empty()) {
    line += fmt::format(", QUARANTINED: {}", quarantine.at("reasons").front().get<std::string>());
  }
  return line;
}

std::string table_of(const json& summary) {
  Comparisons comparisons;
  std::string baseline;
  if (const json& baselines = summary.at("baselines"); !baselines.empty()) {
    const json& first = baselines.front();
    baseline = fmt::format("requests/s beside {}", first.at("value").is_string() ? text_at(first, "value")
                                                                                 : first.at("value").dump());
    for (const json& one : summary.at("comparisons")) {
      if (one.at("metric") == "throughput" && one.at("axis") == first.at("axis")) {
        comparisons.emplace(std::pair(one.at("candidate"), one.at("regime")), &one);
      }
    }
  }
  std::vector<const json*> cells;
  for (const json& cell : summary.at("cells")) cells.push_back(&cell);
  std::ranges::stable_sort(cells, {}, [](const json* cell) { return text_at(*cell, "workload"); });
  std::string text;
  std::string workload;
  for (const json* cell : cells) {
    if (text_at(*cell, "workload") != workload) {
      workload = text_at(*cell, "workload");
      text += heading(*cell, baseline);
    }
    text += row(*cell, comparisons, summary.at("regimes").size() > 1);
  }
  text += fmt::format("\n{}{}", kLegend, resolution_text(summary));
  for (const json& warning : summary.at("warnings")) {
    text += fmt::format("Warning: {}.\n", warning.get<std::string>());
  }
  for (const json& trial : summary.at("invalid")) {
    text += fmt::format("{} ({}): NOT VALID: {}\n", text_at(trial, "cell_id"), text_at(trial, "role"),
                        trial.at("reasons").dump());
  }
  return text;
}

}  // namespace baton::suite
