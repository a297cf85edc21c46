// A distribution as a table: values at equal steps of probability, the least first and the greatest last, and
// straight lines between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace baton::load {

// The value at probability `p` of [0, 1]; 0 of an empty table.
inline double at_quantile(std::span<const std::uint64_t> table, double p) noexcept {
  if (table.empty()) return 0;
  const double place = p * static_cast<double>(table.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= table.size()) return static_cast<double>(table.back());
  const auto low = static_cast<double>(table[below]), high = static_cast<double>(table[below + 1]);
  return low + (high - low) * (place - static_cast<double>(below));
}

template <class Random>
double draw(std::span<const std::uint64_t> table, Random& random) {
  return at_quantile(table, std::uniform_real_distribution<double>(0, 1)(random));
}

}  // namespace baton::load
