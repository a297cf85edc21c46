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

// What an id names besides strategy and allocator.
std::string settings_of(std::string_view id) {
  if (id.ends_with(kAgain)) id.remove_suffix(kAgain.size());
  std::string settings;
  for (std::size_t begin = id.find('/'); begin != std::string_view::npos;) {
    const std::size_t end = id.find('/', begin + 1);
    const std::string_view part = id.substr(begin + 1, end == std::string_view::npos ? end : end - begin - 1);
    if (!part.starts_with("allocator=")) settings += fmt::format("{}{}", settings.empty() ? "" : "/", part);
    begin = end;
  }
  return settings;
}

// To the words that cells have, which differ in more than strategy and allocator.
template <class More>
void add_where_unclear(const Evidence& evidence, std::map<std::string, std::string>& words, More&& more) {
  std::map<std::string, std::set<json>> variants;  // by words
  for (const CellEvidence& cell : evidence.cells()) {
    json variant = cell.configuration;
    variant.erase("strategy");
    variant.erase("allocator");
    variants[words.at(cell.id)].insert(std::move(variant));
  }
  for (const CellEvidence& cell : evidence.cells()) {
    std::string& own = words.at(cell.id);
    if (variants.at(own).size() > 1) own += more(cell);
  }
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
  for (const CellEvidence& cell : evidence.cells()) words[cell.id] = conditions_in_words(cell.configuration);
  add_where_unclear(evidence, words, [](const CellEvidence& cell) {
    return fmt::format(", {:.0f} client and {:.0f} fetch workers",
                       number_at(cell.configuration, "/client_workers"),
                       number_at(cell.configuration, "/fetch_workers"));
  });
  add_where_unclear(evidence, words,
                    [](const CellEvidence& cell) { return fmt::format(" ({})", settings_of(cell.id)); });
  return words;
}

}  // namespace baton::suite
