#include "harness/cli/load_report.hpp"

#include <fmt/format.h>

#include <string_view>

#include "harness/measure/histogram.hpp"

namespace baton::cli {
namespace {

void print_latency(std::string_view from, const Histogram& histogram) {
  const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1000; };
  fmt::print("{:<22} {:>10.1f} {:>10.1f} {:>10.1f} {:>10.1f} {:>10.1f}\n", from, us(histogram.percentile(50)),
             us(histogram.percentile(90)), us(histogram.percentile(99)), us(histogram.percentile(99.9)),
             us(histogram.max()));
}
void print_reasons(std::string_view title, const load::Reasons& reasons) {
  for (const auto& [reason, count] : reasons) {
    fmt::print("{:<22} {:>10}  {}\n", title, count, reason);
  }
}

}  // namespace

void print_report(const load::LoadResult& result) {
  const load::RequestTally& total = result.total;
  fmt::print("{:<22} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "requests", "issued", "answered", "wrong",
             "failed", "hung up");
  fmt::print("{:<22} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "", total.issued, total.answered, total.wrong,
             total.failed, total.hung_up);
  if (total.hit != 0) fmt::print("{:<22} {:>10}\n", "met a fault", total.hit);
  print_reasons("wrong or failed", result.by_reason);
  print_reasons("connection errors", result.connection_errors);
  fmt::print("{:<22} {:>10.3f} s, {} answers: {:.1f} requests/s, {:.3f} MB/s of bodies\n", "measured",
             result.measured_s, result.completed, result.requests_per_s(),
             result.measured_s > 0 ? static_cast<double>(result.body_bytes) / result.measured_s / 1e6 : 0);
  if (result.service.count() != 0) {
    fmt::print("{:<22} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "latency, us", "p50", "p90", "p99", "p99.9",
               "max");
    print_latency(result.open_loop ? "from when it was due" : "from when it could go", result.intended);
    print_latency("from when it was sent", result.service);
    if (result.open_loop) print_latency("due to sent", result.late);
  }
  if (result.saturated()) {
    fmt::print("saturated: {} requests were due, {} were answered in time, {} waited at the end\n",
               result.arrivals, result.completed, result.backlog_at_end);
  }
  fmt::print("{:<22} {:>10.2f} of a CPU, the busiest thread\n", "client", result.client_cpu_fraction);
}

}  // namespace baton::cli
