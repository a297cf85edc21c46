#include "harness/suite/words.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr double kTimes = 3;    // a ratio from which it is said as such
constexpr double kExact = 1e6;  // sureness without any scatter

}  // namespace

std::string strategy_of(const json& cell_id) {
  const auto id = cell_id.get<std::string>();
  return id.substr(0, id.find('/'));
}

double percent(const json& ratio) { return (ratio.get<double>() - 1) * 100; }

std::string finding_text(const json& said) {
  const json& interval = said.at("simultaneous");
  const std::string strategy = strategy_of(said.at("candidate"));
  if (const auto ratio = said.at("ratio").get<double>(); ratio >= kTimes) {
    return fmt::format("{} {:.3g} times [{:.3g}, {:.3g}]", strategy, ratio, interval.at("low").get<double>(),
                       interval.at("high").get<double>());
  }
  return fmt::format("{} {:+.1f} % [{:.1f}, {:.1f}]", strategy, percent(said.at("ratio")),
                     percent(interval.at("low")), percent(interval.at("high")));
}

double sureness_of(const json& said) {
  const json& interval = said.at("simultaneous");
  const double half =
      (std::log(interval.at("high").get<double>()) - std::log(interval.at("low").get<double>())) / 2;
  const double size = std::fabs(std::log(said.at("ratio").get<double>()));
  if (said.at("answer") == "no difference") return 0;
  return half > 0 ? std::min(size / half, kExact) : size > 0 ? kExact : 0;
}

std::string capitalised(std::string text) {
  if (!text.empty()) text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

std::string duration_in_words(double ns) {
  constexpr double kStep = 1000;
  const char* unit = "ns";
  for (const char* larger : {"us", "ms", "s"}) {
    if (ns < kStep) break;
    ns /= kStep;
    unit = larger;
  }
  return fmt::format("{:.3g} {}", ns, unit);
}

std::string bytes_in_words(double bytes) {
  constexpr double kStep = 1024;
  const char* unit = "B";
  for (const char* larger : {"KiB", "MiB", "GiB"}) {
    if (bytes < kStep) break;
    bytes /= kStep;
    unit = larger;
  }
  return fmt::format("{:.3g} {}", bytes, unit);
}

}  // namespace baton::suite
