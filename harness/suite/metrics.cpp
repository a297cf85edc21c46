#include "harness/suite/metrics.hpp"

#include <algorithm>
#include <array>

namespace baton::suite {

using nlohmann::json;
using stats::Better;

namespace {

constexpr std::array kMetrics = {
    Metric{"throughput", "requests/s", "/throughput/requests_per_s", "requests_per_s", Better::higher,
           "requests answered per second"},
    Metric{"cpu", "us", "/cpu/per_request_us", "cpu_per_request_us", Better::lower,
           "CPU time of the pipeline's threads per request"},
    Metric{"service_p50", "ns", "/latency_ns/service/p50", "", Better::lower,
           "median latency from when the request was sent"},
    Metric{"service_p99", "ns", "/latency_ns/service/p99", "", Better::lower,
           "99th percentile of latency from when the request was sent"},
    Metric{"intended_p50", "ns", "/latency_ns/intended/p50", "", Better::lower,
           "median latency from when the request should have been sent (open loop)"},
    Metric{"intended_p99", "ns", "/latency_ns/intended/p99", "", Better::lower,
           "99th percentile of latency from when the request should have been sent (open loop)"},
    Metric{"tie_p50", "ns", "/tie/p50_ns", "", Better::lower, "median of the ties that happened"},
    Metric{"buffers_peak", "bytes", "/buffers/peak_alive/bytes", "", Better::lower,
           "most bytes of conn buffers alive at once"},
    Metric{"process_memory", "bytes", "/memory/process/measure_end/held", "", Better::lower,
           "the process's Anonymous minus LazyFree at the end of the measured phase"},
    Metric{"idle_connection", "bytes", "/idle/process_bytes_per_connection", "", Better::lower,
           "process memory per connection that stays idle"},
};

}  // namespace

std::span<const Metric> metrics() { return kMetrics; }

std::size_t find_metric(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(kMetrics, name, &Metric::name) - kMetrics.begin());
}

std::optional<double> value_of(const Metric& metric, const json& record) {
  const json::json_pointer at(metric.pointer);
  if (!record.contains(at) || !record.at(at).is_number()) return std::nullopt;
  return record.at(at).get<double>();
}

}  // namespace baton::suite
