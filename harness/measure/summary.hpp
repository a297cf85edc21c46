// Histograms as a record shows them.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/measure/histogram.hpp"

namespace baton {

// {count, min, p50, p90, p99, p999, max, mean}; all but the count are null if nothing was recorded.
[[nodiscard]] nlohmann::json latency_summary(const Histogram& histogram);

// {count, total_ns, p50_ns, p99_ns, max_ns} of durations in nanoseconds: how a record tells ties and
// housekeeping. The total of none is 0; percentiles and maximum of none are null.
[[nodiscard]] nlohmann::json duration_summary(const Histogram& histogram);

}  // namespace baton
