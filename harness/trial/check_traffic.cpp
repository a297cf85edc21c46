// What contradicts itself in tables, traces and bursts.
#include <algorithm>
#include <cmath>
#include <exception>

#include <fmt/format.h>

#include "harness/trial/check.hpp"
#include "harness/trial/setting.hpp"
#include "harness/trial/traffic.hpp"

namespace baton::trial {
namespace {

using Found = std::optional<Contradiction>;

Found check_table(const std::string& section, const std::string& key,
                  const std::vector<std::uint64_t>& table) {
  if (std::ranges::is_sorted(table)) return std::nullopt;
  return Contradiction{
      section, key,
      fmt::format("is {}; valid is a table: values at equal steps of probability, none below "
                  "the one before",
                  to_text(table))};
}

Found check_tables(const TrialConfig& config) {
  const LoadConfig& load = config.load;
  if (auto found = check_table("body", "quantiles", config.body.quantiles)) return found;
  if (auto found = check_table("load", "head_quantiles", load.head_quantiles)) return found;
  if (auto found = check_table("load", "think_us", load.think_us)) return found;
  if (auto found = check_table("load", "requests_per_connection", load.requests_per_connection)) return found;
  if (auto found = check_table("load", "gaps_us", load.gaps_us)) return found;
  if (load.head_quantiles.back() > config.pipeline.buffers.buffer_bytes) {
    return Contradiction{"load", "head_quantiles",
                         fmt::format("is a table up to {} but a conn buffer holds {} (buffers.buffer_bytes)",
                                     load.head_quantiles.back(), config.pipeline.buffers.buffer_bytes)};
  }
  if (given(load.requests_per_connection) && load.pipelining > 1) {
    return Contradiction{"load", "requests_per_connection",
                         fmt::format("is {} but {} requests are pipelined; those behind would be lost",
                                     to_text(load.requests_per_connection), load.pipelining)};
  }
  if (given(load.requests_per_connection) && load.requests_per_connection.front() == 0) {
    return Contradiction{"load", "requests_per_connection",
                         "is a table from 0 on; a connection has one request or more"};
  }
  if (given(load.think_us) && load.loop == Loop::open) {
    return Contradiction{"load", "think_us",
                         "is given but the loop is open, where nobody waits for an answer"};
  }
  if (load.slow_share > 0 && std::lround(load.slow_share * load.connections) == 0) {
    return Contradiction{
        "load", "slow_share",
        fmt::format("is {} of {} connections, which is none", load.slow_share, load.connections)};
  }
  if (load.head_share > 0 && !given(config.body.quantiles)) {
    return Contradiction{"load", "head_share",
                         fmt::format("is {} but sizes are no table (body.quantiles)", load.head_share)};
  }
  return std::nullopt;
}

// `key` says when requests come, or changes it.
Found check_times(const TrialConfig& config, const std::string& key) {
  const LoadConfig& load = config.load;
  if (load.loop != Loop::open) {
    return Contradiction{
        "load", key, "is given but the loop is closed, where answers set the pace; set load.loop to open"};
  }
  if (load.pipelining > 1) {
    return Contradiction{
        "load", key,
        fmt::format("is given but {} requests are sent at once (load.pipelining)", load.pipelining)};
  }
  return std::nullopt;
}

Found check_trace(const TrialConfig& config) {
  const LoadConfig& load = config.load;
  const auto refuse = [](std::string what) { return Contradiction{"load", "trace", std::move(what)}; };
  if (auto found = check_times(config, "trace")) return found;
  if (load.rate != 0)
    return refuse(fmt::format("is given but so is a rate, {}; the trace says when requests come", load.rate));
  if (given(load.gaps_us))
    return refuse("is given but so is load.gaps_us; one of them says when requests come");
  if (given(config.body.quantiles) || given(load.head_quantiles)) {
    return refuse("is given but so is a table of sizes; the trace has its own");
  }
  if (config.hangup.fraction > 0) {
    return refuse("is given but clients hang up (hangup.fraction), and a trace has bodies of any size");
  }
  TraceExtent extent;
  try {
    extent = extent_of(load.trace);
  } catch (const std::exception& error) {
    return refuse(fmt::format("is what cannot be read: {}", error.what()));
  }
  const double lasts = extent.seconds / load.pace, wanted = config.ramp_s + config.measure_s;
  if (lasts < wanted) {
    return refuse(
        fmt::format("is too short: it lasts {:.4g} s at a pace of {} but ramp and measured phase take "
                    "{:.4g}; valid is a pace "
                    "up to {:.4g}, or a shorter trial.measure_s",
                    lasts, load.pace, wanted, wanted > 0 ? extent.seconds / wanted : load.pace));
  }
  return std::nullopt;
}

Found check_burst(const TrialConfig& config) {
  const LoadConfig& load = config.load;
  if (load.burst_factor == 1) {
    if (load.burst_s == 0 && load.burst_at_s == 0) return std::nullopt;
    return Contradiction{"load", load.burst_s != 0 ? "burst_s" : "burst_at_s",
                         "is given but load.burst_factor is 1; there would be no burst"};
  }
  if (auto found = check_times(config, "burst_factor")) return found;
  if (load.rate == 0) {
    return Contradiction{"load", "burst_factor",
                         fmt::format("is {} but there is no rate (load.rate)", load.burst_factor)};
  }
  if (load.burst_s == 0) return Contradiction{"load", "burst_s", "is 0 but load.burst_factor is not 1"};
  if (load.burst_at_s + load.burst_s > config.measure_s) {
    return Contradiction{"load", "burst_s",
                         fmt::format("is {} after {} (load.burst_at_s) but {} s are measured", load.burst_s,
                                     load.burst_at_s, config.measure_s)};
  }
  return std::nullopt;
}

Found check_preemption(const TrialConfig& config) {
  const FaultConfig& faults = config.faults;
  if (faults.preempt_per_s <= 0) return std::nullopt;
  const auto refused = [&](std::string_view why) {
    return Contradiction{"faults", "preempt_per_s", fmt::format("is {} but {}", faults.preempt_per_s, why)};
  };
  if (!config.time_acquires) return refused("acquires are not timed (trial.time_acquires)");
  if (config.slice_ms != 0) return refused("strategies take turns in one process (trial.slice_ms)");
  constexpr double kUsPerS = 1e6;
  const double asleep = faults.preempt_per_s * faults.preempt_us / kUsPerS;
  const std::uint32_t workers = config.pipeline.client_workers;
  if (asleep > workers / 2.0)
    return refused(
        fmt::format("{:.3g} of the {} client workers would sleep at a time; valid is at most half of them",
                    asleep, workers));
  return std::nullopt;
}

Found check_faults(const TrialConfig& config) {
  const FaultConfig& faults = config.faults;
  const double all = faults.stall + faults.truncate + faults.reset + faults.lie;
  if (all == 0) {
    if (faults.at_bytes == 0) return std::nullopt;
    return Contradiction{"faults", "at_bytes",
                         fmt::format("is {} but no share of the requests meets a fault", faults.at_bytes)};
  }
  const std::string key = faults.lie > 0        ? "lie"
                          : faults.reset > 0    ? "reset"
                          : faults.truncate > 0 ? "truncate"
                                                : "stall";
  if (all > 1) {
    return Contradiction{"faults", key,
                         fmt::format("is too much: all shares together are {}; valid is at most 1", all)};
  }
  if (config.load.pipelining > 1) {
    return Contradiction{
        "faults", key,
        fmt::format("is given but {} requests are pipelined; those behind would be lost with it",
                    config.load.pipelining)};
  }
  if (config.body.chunked && faults.lie > 0) {
    return Contradiction{"faults", "lie",
                         fmt::format("is {} but bodies are chunked, and announce no length", faults.lie)};
  }
  const std::uint64_t shortest = given(config.body.quantiles) ? config.body.quantiles.front()
                                                              : *std::ranges::min_element(config.body.bytes);
  if (config.load.trace.empty() && faults.at_bytes >= shortest) {
    return Contradiction{"faults", "at_bytes",
                         fmt::format("is {} but the shortest body has {} bytes; there would be no fault",
                                     faults.at_bytes, shortest)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Contradiction> find_traffic_contradiction(const TrialConfig& config) {
  const LoadConfig& load = config.load;
  if (auto found = check_faults(config)) return found;
  if (auto found = check_preemption(config)) return found;
  if (auto found = check_tables(config)) return found;
  if (!load.trace.empty()) return check_trace(config);
  if (given(load.gaps_us)) {
    if (auto found = check_times(config, "gaps_us")) return found;
    if (load.rate != 0) {
      return Contradiction{"load", "gaps_us", fmt::format("is given but so is a rate, {}", load.rate)};
    }
    if (load.gaps_us.back() == 0)
      return Contradiction{"load", "gaps_us", "is a table without any time between arrivals"};
  } else if (load.pace != 1) {
    return Contradiction{"load", "pace",
                         fmt::format("is {} but there is neither load.trace nor load.gaps_us", load.pace)};
  }
  return check_burst(config);
}

}  // namespace baton::trial
