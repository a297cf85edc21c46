#include "harness/measure/summary.hpp"

namespace baton {
namespace {

nlohmann::json percentile_or_null(const Histogram& histogram, double percent) {
  return histogram.empty() ? nlohmann::json(nullptr) : nlohmann::json(histogram.percentile(percent));
}

template <class T>
nlohmann::json or_null(const Histogram& histogram, T value) {
  return histogram.empty() ? nlohmann::json(nullptr) : nlohmann::json(value);
}

}  // namespace

nlohmann::json latency_summary(const Histogram& histogram) {
  return {{"count", histogram.count()},
          {"min", or_null(histogram, histogram.min())},
          {"p50", percentile_or_null(histogram, 50)},
          {"p90", percentile_or_null(histogram, 90)},
          {"p99", percentile_or_null(histogram, 99)},
          {"p999", percentile_or_null(histogram, 99.9)},
          {"max", or_null(histogram, histogram.max())},
          {"mean", or_null(histogram, histogram.mean())}};
}

nlohmann::json duration_summary(const Histogram& histogram) {
  return {{"count", histogram.count()},
          {"total_ns", histogram.sum()},
          {"p50_ns", percentile_or_null(histogram, 50)},
          {"p99_ns", percentile_or_null(histogram, 99)},
          {"max_ns", or_null(histogram, histogram.max())}};
}

}  // namespace baton
