// Counts as tables for a terminal.
#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/suite/counts.hpp"

namespace baton::suite {

using nlohmann::json;
using trial::kCallNames;

namespace {

// What lies on the lines that travel, the most often first, in as many columns as there are.
std::string lines_text(const std::vector<json>& strategies) {
  std::map<std::string, double> sums;
  for (const json& one : strategies) {
    for (const auto& [what, lines] : one.at("lines").items()) {
      if (what != "total") sums[what] += lines.get<double>();
    }
  }
  std::string text = "\ncache lines that go from one thread to another, per request\n";
  if (sums.empty()) return text + "none\n";
  std::vector<std::pair<std::string, double>> columns(sums.begin(), sums.end());
  std::ranges::stable_sort(columns, std::ranges::greater{}, &std::pair<std::string, double>::second);
  text += fmt::format("{:<28}", "strategy");
  for (const auto& [what, sum] : columns)
    text += fmt::format(" {:>{}}", what, std::max<std::size_t>(8, what.size()));
  text += '\n';
  for (const json& one : strategies) {
    text += fmt::format("{:<28}", one.at("strategy").get<std::string>());
    for (const auto& [what, sum] : columns) {
      const std::string lines = one.at("lines").contains(what)
                                    ? fmt::format("{:.2f}", one.at("lines").at(what).get<double>())
                                    : "-";
      text += fmt::format(" {:>{}}", lines, std::max<std::size_t>(8, what.size()));
    }
    text += '\n';
  }
  return text;
}

// What the processor's own counter says of the same calls, where it was asked.
std::string processor_text(const std::vector<json>& strategies) {
  std::string text;
  for (const json& one : strategies) {
    const auto processor = one.find("processor");
    if (processor == one.end()) continue;
    if (processor->contains("unavailable")) {
      return fmt::format("\nnot checked: the processor has no instruction counter for us here ({})\n",
                         processor->at("unavailable").get<std::string>());
    }
    const auto counted = one.at("instructions").at("total").get<double>();
    const auto seen = processor->at("instructions").at("total").get<double>();
    text += fmt::format("{:<28} {:>9.1f} {:>9.1f} {:>9}\n", one.at("strategy").get<std::string>(), counted,
                        seen, processor_agrees(one) ? "agrees" : "DIFFERS");
  }
  if (text.empty()) return text;
  return fmt::format("\n{:<28} {:>9} {:>9}\n", "instructions per request", "callgrind", "processor") + text;
}

}  // namespace

std::string counts_text(const json& counts) {
  std::string text =
      fmt::format("{}: per request, the contract's calls take so many instructions, locks and so on\n{:<28}",
                  counts.at("workload").get<std::string>(), "strategy");
  for (const std::string_view name : kCallNames) text += fmt::format(" {:>9}", name);
  text += fmt::format(" {:>9}\n", "total");
  std::vector<json> ordered = counts.at("strategies");
  std::ranges::stable_sort(ordered, {},
                           [](const json& one) { return one.at("instructions").at("total").get<double>(); });
  for (const json& one : ordered) {
    text += fmt::format("{:<28}", one.at("strategy").get<std::string>());
    for (const std::string_view name : kCallNames) {
      const auto made = one.at("calls").at(std::string(name)).get<double>();
      const auto cost = one.at("instructions").at(std::string(name)).get<double>();
      text += made == 0 ? fmt::format(" {:>9}", "-") : fmt::format(" {:>9.1f}", cost);
    }
    text += fmt::format(" {:>9.1f}\n", one.at("instructions").at("total").get<double>());
  }
  text += fmt::format("\n{:<28} {:>9} {:>9} {:>9} {:>9} {:>12}\n", "strategy", "locks", "atomics", "mallocs",
                      "frees", "bytes copied");
  for (const json& one : ordered) {
    const auto total = [&](const char* name) { return one.at("ledger").at(name).at("total").get<double>(); };
    text += fmt::format("{:<28} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f} {:>12.1f}\n",
                        one.at("strategy").get<std::string>(), total("locks"), total("atomic_rmw"),
                        total("allocations"), total("frees"), total("bytes_copied"));
  }
  return text + lines_text(ordered) + processor_text(ordered);
}

}  // namespace baton::suite
