#include "harness/trial/set_up.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "harness/trial/traffic.hpp"
#include "strategies/counting_platform.hpp"

namespace baton::trial {

namespace {

std::atomic<bool> signal_came{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

extern "C" void take_signal(int /*signal*/) { signal_came.store(true, std::memory_order_relaxed); }  // a flag

constexpr double kSaturatedBelow = 0.99;  // of the rate that was asked for

}  // namespace

const Instance& instance_named(const std::string& strategy) {
  const Instance* instance = find_instance(strategy);
  if (instance == nullptr) {
    throw std::runtime_error(fmt::format("there is no strategy '{}'", strategy));
  }
  return *instance;
}

std::chrono::nanoseconds sample_interval(const TrialConfig& config) {
  constexpr double kSamples = 40;
  const double seconds = std::clamp(config.measure_s / kSamples, 0.005, 0.5);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
}

namespace {

// What a workload is about must have happened, unless chance or a short trial explains that it did not.
void judge_events(const TrialConfig& config, Outcome& outcome) {
  constexpr double kSurely = 16;  // events expected: that none comes has a chance of one in ten million
  const auto require = [&](double share, std::uint64_t happened, std::string_view what) {
    if (happened == 0 && share * static_cast<double>(outcome.ever.requests) >= kSurely)
      outcome.faults.push_back(fmt::format("{}, and none did, in {} requests", what, outcome.ever.requests));
  };
  const FaultConfig& faults = config.faults;
  require(faults.stall + faults.truncate + faults.reset + faults.lie, outcome.hit,
          "requests were to meet faults");
  require(config.hangup.fraction, outcome.hung_up, "clients were to hang up");
  if (config.pipeline.worker_requests != 0) {
    const auto served = static_cast<double>(config.pipeline.worker_requests);
    require(1 / served / config.pipeline.client_workers, outcome.ever.replaced,
            "workers were to be replaced");
  }
  // How many of those that are tried meet an acquire depends on how long it is.
  constexpr double kTried = 50 * kSurely;
  if (faults.preempt_per_s * outcome.measured_s >= kTried && outcome.preempted == 0)
    outcome.faults.emplace_back("workers were to be put to sleep in an acquire, and none was");
  constexpr double kLongEnough_s = 0.2;
  if (given(config.resize_bytes) && outcome.measured_s >= kLongEnough_s && outcome.resized_at_s.empty())
    outcome.faults.emplace_back("buffers were to change their size, and did not");
}

double due_in_the_measured_phase(const TrialConfig& config, double seconds) {
  const auto schedule = make_schedule(config);
  if (schedule == nullptr) return config.load.rate * seconds;
  constexpr double kNsPerS = 1e9;
  return static_cast<double>(std::ranges::count_if(*schedule, [&](const load::ScheduledRequest& request) {
    const double at_s = static_cast<double>(request.due_ns) / kNsPerS - config.ramp_s;
    return at_s >= 0 && at_s < seconds;
  }));
}

}  // namespace

FailingAllocations::FailingAllocations(double share) noexcept {
  CountingPlatform::fail_one_in(share > 0 ? static_cast<std::uint64_t>(std::llround(1 / share)) : 0);
}
FailingAllocations::~FailingAllocations() { CountingPlatform::fail_one_in(0); }

bool expects_errors(const TrialConfig& config) noexcept {
  // Where buffers shrink, read-ahead may not fit into what its receiver has.
  return given(config.resize_bytes) || config.faults.refuse > 0 || config.faults.allocation > 0 ||
         config.pipeline.buffers.max_buffers != 0;
}

void judge(const TrialConfig& config, Outcome& outcome) {
  if (outcome.wrong != 0) {
    outcome.faults.push_back(fmt::format("{} answers were not what was asked for", outcome.wrong));
  }
  judge_events(config, outcome);
  if (outcome.failed != 0 && !expects_errors(config)) {
    outcome.faults.push_back(fmt::format("{} requests failed", outcome.failed));
  }
  const bool some = config.hangup.fraction >= 1 ? outcome.hung_up != 0 : outcome.completed_ever != 0;
  if (!some) {
    outcome.faults.emplace_back("nothing was answered");
  } else if (config.hangup.fraction < 1 && outcome.completed == 0) {
    outcome.faults.emplace_back("nothing was answered in the measured phase: measure longer");
  }
  if (config.pipeline.handoff.ratio > 0 && outcome.ever.handoffs_offered == 0 &&
      config.pipeline.handoff.min_bytes == 0) {
    outcome.faults.emplace_back("a handoff was asked for and none was offered");
  }
  if (config.transport == TransportKind::tcp && outcome.idle_sessions < config.load.idle_connections) {
    outcome.faults.push_back(fmt::format("{} of {} idle connections did not stay open",
                                         config.load.idle_connections - outcome.idle_sessions,
                                         config.load.idle_connections));
  }
  if (interrupted()) {
    outcome.faults.emplace_back("interrupted");
  }
  if (config.load.loop == Loop::open && !outcome.saturated && outcome.measured_s > 0) {
    const double due = due_in_the_measured_phase(config, outcome.measured_s);
    // Chance alone makes the number of random arrivals differ by a few times its root.
    const double chance = config.load.arrivals == Arrivals::poisson ? 4 * std::sqrt(due) : 0;
    constexpr double kGrace = 8;  // for the edges of the measured time
    outcome.saturated = static_cast<double>(outcome.completed) + chance + kGrace < due * kSaturatedBelow;
  }
}

void handle_interrupts() {
  struct sigaction action {};
  action.sa_handler = take_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);
}

bool interrupted() noexcept { return signal_came.load(std::memory_order_relaxed); }

}  // namespace baton::trial
