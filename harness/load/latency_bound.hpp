// "p99<5ms": what a latency has to keep for a rate to count as served.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/measure/histogram.hpp"

namespace baton::load {

struct LatencyBound {
  double percentile = 99;  // 100 is the maximum
  std::uint64_t ns = 0;    // the percentile of the latency from the intended start is below that

  [[nodiscard]] std::uint64_t of(const Histogram& intended) const { return intended.percentile(percentile); }
  [[nodiscard]] std::string text() const;  // as it is parsed
};

// Throws std::invalid_argument with a sentence: what was given, what is valid.
LatencyBound parse_latency_bound(std::string_view text);

}  // namespace baton::load
