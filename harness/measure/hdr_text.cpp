// The percentile distribution of hdr_format.hpp.
#include <fmt/ostream.h>

#include <cmath>
#include <ostream>

#include "harness/measure/hdr_format.hpp"

namespace baton {
namespace {

// HdrHistogram's rule: the nearer to 100 %, the finer the steps; `steps_per_half` for each halving of what is
// left.
double next_level(double percent, unsigned steps_per_half) {
  const double halvings = std::floor(std::log2(100.0 / (100.0 - percent))) + 1;
  return percent + 100.0 / (steps_per_half * std::exp2(halvings));
}

double standard_deviation(const Histogram& histogram) {
  if (histogram.empty()) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < Histogram::kBuckets; ++i) {
    if (histogram.counts()[i] == 0) continue;
    const double middle =
        0.5 * (static_cast<double>(Histogram::lowest(i)) + static_cast<double>(Histogram::highest(i)));
    const double off = middle - histogram.mean();
    sum += off * off * static_cast<double>(histogram.counts()[i]);
  }
  return std::sqrt(sum / static_cast<double>(histogram.count()));
}

}  // namespace

void write_percentile_distribution(std::ostream& out, const Histogram& histogram, double values_per_unit,
                                   unsigned steps_per_half) {
  fmt::print(out, "{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  double level = 0;
  std::uint64_t seen = 0;
  const auto total = static_cast<double>(histogram.count());
  const std::span<const std::uint64_t> counts = histogram.counts();
  for (std::size_t i = 0; seen < histogram.count(); ++i) {
    if (counts[i] == 0) continue;
    seen += counts[i];
    const double value = static_cast<double>(Histogram::highest(i)) / values_per_unit;
    // The last bucket ends the table: one line for the level it was reached at, one for 100 %.
    const bool last = seen == histogram.count();
    for (bool again = true; again && 100.0 * static_cast<double>(seen) / total >= level; again = !last) {
      fmt::print(out, "{:12.3f} {:2.12f} {:10} {:14.2f}\n", value, level / 100, seen, 1 / (1 - level / 100));
      level = next_level(level, steps_per_half);
    }
    if (last) fmt::print(out, "{:12.3f} {:2.12f} {:10}\n", value, 1.0, seen);
  }
  const std::uint64_t largest =
      histogram.empty() ? 0 : Histogram::highest(Histogram::index_of(histogram.max()));
  fmt::print(out, "#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n", histogram.mean() / values_per_unit,
             standard_deviation(histogram) / values_per_unit);
  fmt::print(out, "#[Max     = {:12.3f}, Total count    = {:12}]\n",
             static_cast<double>(largest) / values_per_unit, histogram.count());
  fmt::print(out, "#[Buckets = {:12}, SubBuckets     = {:12}]\n", 64 - Histogram::kSubBucketBits,
             2U << Histogram::kSubBucketBits);
}

}  // namespace baton
