#include "harness/suite/conditions.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/suite/words.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

double number_at(const json& configuration, const char* pointer) {
  return configuration.value(json::json_pointer(pointer), 0.0);
}

// "4,000": a whole number of something.
std::string count_in_words(double count) {
  std::string digits = fmt::format("{:.0f}", count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string handoff_in_words(const json& configuration) {
  const double ratio =
      number_at(configuration, "/fetch_workers") == 0 ? 0 : number_at(configuration, "/handoff/ratio");
  const double hops = number_at(configuration, "/handoff/hops");
  const double least = number_at(configuration, "/handoff/min_bytes");
  if (ratio == 0) return "no response handed off";
  std::string which = ratio == 1 ? "every response" : fmt::format("{:.3g} % of the responses", 100 * ratio);
  if (least > 0) which += fmt::format(" from {} on", bytes_in_words(least));
  return which + " handed off" + (hops > 1 ? fmt::format(" over {:.0f} hops", hops) : "");
}

std::string bodies_in_words(const json& configuration) {
  const std::vector<double> sizes =
      configuration.value(json::json_pointer("/body/bytes"), std::vector<double>{});
  if (sizes.empty()) return {};
  const auto [least, most] = std::ranges::minmax(sizes);
  return least == most ? bytes_in_words(most) + " bodies"
                       : fmt::format("bodies of {} to {}", bytes_in_words(least), bytes_in_words(most));
}

}  // namespace

std::string conditions_in_words(const json& configuration) {
  const std::string rest = conditions_but_handoff(configuration);
  return handoff_in_words(configuration) + (rest.empty() ? "" : ", ") + rest;
}

std::string conditions_but_handoff(const json& configuration) {
  std::vector<std::string> parts;
  if (std::string bodies = bodies_in_words(configuration); !bodies.empty())
    parts.push_back(std::move(bodies));
  const auto add = [&](const char* pointer, double usual, auto&& words) {
    if (const double value = number_at(configuration, pointer); value > usual) parts.push_back(words(value));
  };
  add("/body/read_ahead_bytes", 0,
      [](double bytes) { return bytes_in_words(bytes) + " of each read with the head"; });
  add("/pipelining", 1, [](double requests) { return fmt::format("{:.0f} requests at a time", requests); });
  add("/load/rate", 0, [](double rate) { return count_in_words(rate) + " requests/s"; });
  add("/hangup/fraction", 0,
      [](double share) { return fmt::format("{:.3g} % of the clients hang up", 100 * share); });
  add("/idle_connections", 0, [](double many) { return count_in_words(many) + " quiet connections"; });
  if (configuration.value("transport", "memory") == "tcp") parts.emplace_back("over sockets");
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::map<std::string, std::string> conditions_of(const Evidence& evidence) {
  std::map<std::string, std::string> words;
  std::map<std::string, std::set<json>> variants;  // by words
  for (const CellEvidence& cell : evidence.cells()) {
    json variant = cell.configuration;
    variant.erase("strategy");
    variant.erase("allocator");
    variants[words[cell.id] = conditions_in_words(cell.configuration)].insert(std::move(variant));
  }
  for (auto& [id, own] : words) {
    if (variants.at(own).size() == 1) continue;
    std::string_view settings = id;
    settings.remove_prefix(std::min(settings.find('/') + 1, settings.size()));
    if (settings.ends_with(kAgain)) settings.remove_suffix(kAgain.size());
    own += fmt::format(" ({})", settings);
  }
  return words;
}

}  // namespace baton::suite
