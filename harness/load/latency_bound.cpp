#include "harness/load/latency_bound.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace baton::load {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 4> kUnits = {
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}};

[[noreturn]] void refuse(std::string_view text) {
  throw std::invalid_argument(fmt::format(
      "'{}' is not a latency bound; valid is a percentile, '<' and a time above 0, as in 'p99<5ms', "
      "'p99.9<800us' or 'max<1s'",
      text));
}

// Takes a number off the front; what is no number is 0, which is no valid percentile or time either.
double take_number(std::string_view& rest) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
  if (error != std::errc()) {
    return 0;
  }
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}

}  // namespace

LatencyBound parse_latency_bound(std::string_view text) {
  std::string_view rest = text;
  LatencyBound bound;
  if (rest.starts_with("max")) {
    bound.percentile = 100;
    rest.remove_prefix(3);
  } else if (rest.starts_with('p')) {
    rest.remove_prefix(1);
    bound.percentile = take_number(rest);
  } else {
    refuse(text);
  }
  if (!(bound.percentile > 0 && bound.percentile <= 100) || !rest.starts_with('<')) {
    refuse(text);
  }
  rest.remove_prefix(1);
  const double number = take_number(rest);
  double ns = 0;
  for (const auto& [name, factor] : kUnits) {
    if (rest == name) {
      ns = number * factor;
    }
  }
  constexpr double kDay = 86'400e9;
  if (!(ns >= 1 && ns <= kDay)) {
    refuse(text);
  }
  bound.ns = static_cast<std::uint64_t>(std::llround(ns));
  return bound;
}

std::string LatencyBound::text() const {
  const std::string which = percentile == 100 ? "max" : fmt::format("p{}", percentile);
  std::string time = fmt::format("{}ns", ns);
  for (const auto& [name, factor] : kUnits) {
    const auto whole = static_cast<std::uint64_t>(factor);
    if (ns % whole == 0) {
      time = fmt::format("{}{}", ns / whole, name);
    }
  }
  return which + "<" + time;
}

}  // namespace baton::load
