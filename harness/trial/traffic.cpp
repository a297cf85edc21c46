#include "harness/trial/traffic.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <mutex>
#include <random>

#include "harness/load/quantiles.hpp"
#include "harness/trace/trace_file.hpp"

namespace baton::trial {
namespace {

constexpr double kNsPerS = 1e9, kNsPerUs = 1e3;

// Beyond the measured phase, so that no client runs dry before it ends.
constexpr double kMargin_s = 0.5;

// Draws of a table, one from each of `count` equal parts, in random order.
std::vector<double> draws(const std::vector<std::uint64_t>& table, std::size_t count,
                          std::mt19937_64& random) {
  std::vector<double> drawn(count);
  std::uniform_real_distribution<double> within(0, 1);
  for (std::size_t i = 0; i < count; ++i) {
    drawn[i] =
        load::at_quantile(table, (static_cast<double>(i) + within(random)) / static_cast<double>(count));
  }
  std::ranges::shuffle(drawn, random);
  return drawn;
}

std::vector<load::ScheduledRequest> draw_requests(const TrialConfig& config, std::mt19937_64& random) {
  std::vector<load::ScheduledRequest> requests(kDraws);
  const auto bodies = draws(config.body.quantiles, kDraws, random);
  const auto heads = draws(config.load.head_quantiles, kDraws, random);
  for (std::size_t i = 0; i < kDraws; ++i) {
    requests[i].body_bytes = given(config.body.quantiles)
                                 ? static_cast<std::uint64_t>(std::llround(bodies[i]))
                                 : config.body.bytes[i % config.body.bytes.size()];
    requests[i].head_bytes = given(config.load.head_quantiles)
                                 ? static_cast<std::uint32_t>(std::lround(heads[i]))
                                 : config.load.request_head_bytes;
  }
  const auto only_heads = static_cast<std::size_t>(std::lround(config.load.head_share * kDraws));
  for (std::size_t i = 0; i < only_heads; ++i) requests[i].head_only = true;
  std::ranges::shuffle(requests, random);
  return requests;
}

load::Schedule of_trace(const TrialConfig& config, double until_ns) {
  load::Schedule schedule;
  trace::TraceReader reader(config.load.trace);
  for (trace::Request request; reader.next(request);) {
    const double due_ns = static_cast<double>(request.arrival_us) * kNsPerUs / config.load.pace;
    if (due_ns > until_ns) break;
    schedule.push_back({.due_ns = static_cast<std::uint64_t>(due_ns),
                        .body_bytes = request.body_bytes,
                        .head_bytes = request.head_bytes,
                        .head_only = request.method == trace::Method::head});
  }
  return schedule;
}

// The time of the next arrival, by load.gaps_us or by the rate and its burst.
class ArrivalTimes {
 public:
  explicit ArrivalTimes(const TrialConfig& config)
      : config_(config),
        burst_begin_ns_((config.ramp_s + config.load.burst_at_s) * kNsPerS),
        burst_end_ns_(burst_begin_ns_ + config.load.burst_s * kNsPerS) {}

  double next(std::mt19937_64& random) {
    const LoadConfig& load = config_.load;
    if (given(load.gaps_us)) return at_ns_ += load::draw(load.gaps_us, random) * kNsPerUs / load.pace;
    // The time until the next is used up at the rate of each part that it lies in.
    double left =
        load.arrivals == trial::Arrivals::poisson ? std::exponential_distribution<double>(1)(random) : 1;
    for (;;) {
      const bool burst = at_ns_ >= burst_begin_ns_ && at_ns_ < burst_end_ns_;
      const double per_ns = load.rate * (burst ? load.burst_factor : 1) / kNsPerS;
      const double change = burst                      ? burst_end_ns_
                            : at_ns_ < burst_begin_ns_ ? burst_begin_ns_
                                                       : at_ns_ + 2 * left / per_ns;
      if (at_ns_ + left / per_ns <= change) return at_ns_ += left / per_ns;
      left -= (change - at_ns_) * per_ns;
      at_ns_ = change;
    }
  }

 private:
  const TrialConfig& config_;
  double burst_begin_ns_, burst_end_ns_;
  double at_ns_ = 0;
};

}  // namespace

load::FaultPlan fault_plan(const TrialConfig& config) {
  const FaultConfig& faults = config.faults;
  return {.stall = faults.stall,
          .truncate = faults.truncate,
          .reset = faults.reset,
          .lie = faults.lie,
          .at_bytes = faults.at_bytes,
          .stall_time = std::chrono::milliseconds(faults.stall_ms),
          .refuse = faults.refuse};
}

std::vector<load::ScheduledRequest> drawn_requests(const TrialConfig& config) {
  if (!given(config.body.quantiles) && !given(config.load.head_quantiles)) return {};
  std::mt19937_64 random(config.seed);
  return draw_requests(config, random);
}

std::shared_ptr<const load::Schedule> make_schedule(const TrialConfig& config) {
  const double until_ns = (config.ramp_s + config.measure_s + kMargin_s) * kNsPerS;
  if (!config.load.trace.empty()) return std::make_shared<load::Schedule>(of_trace(config, until_ns));
  if (!given(config.load.gaps_us) && config.load.burst_factor == 1) return nullptr;
  std::mt19937_64 random(config.seed);
  const std::vector<load::ScheduledRequest> kinds = draw_requests(config, random);
  auto schedule = std::make_shared<load::Schedule>();
  ArrivalTimes arrivals(config);
  for (double due_ns = 0; due_ns <= until_ns; due_ns = arrivals.next(random)) {
    schedule->push_back(kinds[schedule->size() % kinds.size()]);
    schedule->back().due_ns = static_cast<std::uint64_t>(due_ns);
  }
  return schedule;
}

std::vector<std::uint64_t> sizes_of(const TrialConfig& config) {
  std::vector<load::ScheduledRequest> requests = drawn_requests(config);
  if (const auto schedule = make_schedule(config)) requests = *schedule;
  if (requests.empty()) return config.body.bytes;
  std::vector<std::uint64_t> sizes;
  for (const load::ScheduledRequest& request : requests) {
    if (sizes.size() < kDraws) sizes.push_back(request.body_bytes);
  }
  return sizes;
}

TraceExtent extent_of(const std::string& trace) {
  static std::mutex mutex;
  static std::map<std::string, TraceExtent> known;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(trace); found != known.end()) return found->second;
  TraceExtent extent;
  trace::TraceReader reader(trace);
  for (trace::Request request; reader.next(request);) {
    ++extent.requests;
    extent.seconds = static_cast<double>(request.arrival_us) * 1e-6;
  }
  return known[trace] = extent;
}

}  // namespace baton::trial
