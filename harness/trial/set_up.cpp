#include "harness/trial/set_up.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>

#include "harness/trial/traffic.hpp"

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

void judge(const TrialConfig& config, Outcome& outcome) {
  if (outcome.wrong != 0) {
    outcome.faults.push_back(fmt::format("{} answers were not what was asked for", outcome.wrong));
  }
  if (outcome.failed != 0) {
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
