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
    Metric{"service_p999", "ns", "/latency_ns/service/p999", "", Better::lower,
           "99.9th percentile of latency from when the request was sent", true},
    Metric{"service_max", "ns", "/latency_ns/service/max", "", Better::lower,
           "the longest latency from when a request was sent: the worst stall", true},
    Metric{"acquire_p999", "ns", "/acquire_ns/p999", "", Better::lower,
           "99.9th percentile of the time an acquire took (trial.time_acquires)", true},
    Metric{"acquire_max", "ns", "/acquire_ns/max", "", Better::lower,
           "the longest time an acquire took (trial.time_acquires)", true},
    Metric{"blow_up", "times", "/buffers/blow_up", "", Better::lower,
           "most bytes of conn buffers alive, by most in use, at once", true},
    Metric{"stranded", "bytes", "/buffers/most_stranded_bytes", "", Better::lower,
           "most bytes unused where no other worker gets at them", true},
    Metric{"mean_alive", "bytes", "/buffers/mean_alive_bytes", "", Better::lower,
           "bytes of conn buffers alive, on average over the measured phase: the area under the curve", true},
    Metric{"growth", "bytes", "/buffers/growth_bytes", "", Better::lower,
           "bytes of conn buffers alive in the last quarter of the measured phase, less those in the second",
           true},
    Metric{
        "recovery", "s", "/buffers/recovery_s", "", Better::lower,
        "from the end of a burst until no more than twice the bytes of conn buffers are alive as before it; "
        "at least that, if it was not over at the end",
        true},
    Metric{"convergence", "s", "/buffers/convergence_s", "", Better::lower,
           "from a change of the buffers' size until buffers alive have, on average, the size they settle at",
           true},
    Metric{"fault_recovery_p99", "ns", "/faults/recovery_ns/p99", "", Better::lower,
           "99th percentile from the end of a request that met a fault to its client's next right answer",
           true},
    Metric{"failed", "requests", "/requests/failed", "", Better::lower,
           "requests that got an error answer or none, in the whole trial", true},
    Metric{"fairness", "of 1", "/requests/served/fairness", "", Better::higher,
           "Jain's index of right answers per client in the measured phase: 1 if each has as many, 1/clients "
           "if one "
           "has all",
           true},
    Metric{"wakeups", "per request", "/cpu/voluntary_switches_per_request", "", Better::lower,
           "voluntary context switches of the process per request", true},
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
