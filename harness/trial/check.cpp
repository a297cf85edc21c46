#include "harness/trial/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/measure/environment.hpp"
#include "harness/trial/allocator_choice.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/setting.hpp"
#include "harness/trial/traffic.hpp"

namespace baton::trial {
namespace {

std::optional<Contradiction> check_load(const TrialConfig& config) {
  const LoadConfig& load = config.load;
  const pipeline::Settings& settings = config.pipeline;
  if (load.request_head_bytes > settings.buffers.buffer_bytes) {
    return Contradiction{"load", "request_head_bytes",
                         fmt::format("is {} but a conn buffer holds {} (buffers.buffer_bytes)",
                                     load.request_head_bytes, settings.buffers.buffer_bytes)};
  }
  if (settings.max_sessions != 0 && settings.max_sessions < load.connections + load.idle_connections) {
    return Contradiction{"pipeline", "max_sessions",
                         fmt::format("is {} but there are {} connections and {} idle ones",
                                     settings.max_sessions, load.connections, load.idle_connections)};
  }
  const bool times_given = !load.trace.empty() || given(load.gaps_us);
  if (load.loop == Loop::open && load.rate == 0 && !times_given) {
    return Contradiction{"load", "rate", "is 0 but the loop is open; give the requests per second"};
  }
  if (load.loop == Loop::closed && load.rate != 0) {
    return Contradiction{
        "load", "rate",
        fmt::format("is {} but the loop is closed, where the answers set the pace; set load.loop to open",
                    load.rate)};
  }
  if (load.idle_connections != 0 && config.transport == TransportKind::memory) {
    return Contradiction{
        "load", "idle_connections",
        fmt::format("is {} but connections in memory are never quiet; set pipeline.transport to tcp",
                    load.idle_connections)};
  }
  return std::nullopt;
}

// Strategies in one process take turns, so a pipeline must be able to stand still without using the CPU.
std::optional<Contradiction> check_slices(const TrialConfig& config) {
  const auto refuse = [&](std::string_view why) {
    return Contradiction{"trial", "slice_ms", fmt::format("is {} but {}", config.slice_ms, why)};
  };
  if (config.slice_ms == 0) {
    return std::nullopt;
  }
  if (config.transport != TransportKind::memory) {
    return refuse("connections are sockets, which cannot be held back; set pipeline.transport to memory");
  }
  if (config.load.loop == Loop::open) {
    return refuse("the loop is open, where arrivals do not wait for a turn; set load.loop to closed");
  }
  if (config.calm_s > 0) {
    return refuse(fmt::format("calm is {} s: the memory of strategies in one process cannot be told apart",
                              config.calm_s));
  }
  if (given(config.resize_bytes)) {
    return refuse("buffers change their size (buffers.resize_bytes), which strategies in turns do not");
  }
  if (config.slice_ms * 1e-3 > config.measure_s) {
    return refuse(fmt::format("only {} ms are measured (trial.measure_s)", config.measure_s * 1e3));
  }
  return std::nullopt;
}

std::optional<Contradiction> check_bodies(const TrialConfig& config) {
  const std::uint64_t shortest = given(config.body.quantiles) ? config.body.quantiles.front()
                                                              : *std::ranges::min_element(config.body.bytes);
  if (config.hangup.anywhere && config.hangup.fraction == 0) {
    return Contradiction{"hangup", "anywhere",
                         "is true but no share of the clients hangs up (hangup.fraction)"};
  }
  if (config.hangup.anywhere && config.hangup.after_bytes != 0) {
    return Contradiction{
        "hangup", "after_bytes",
        fmt::format("is {} but clients leave anywhere (hangup.anywhere)", config.hangup.after_bytes)};
  }
  if (config.hangup.fraction > 0 && !config.hangup.anywhere && config.hangup.after_bytes >= shortest) {
    return Contradiction{"hangup", "after_bytes",
                         fmt::format("is {} but the shortest body has {} bytes; the client would have it all",
                                     config.hangup.after_bytes, shortest)};
  }
  if (config.hangup.fraction > 0 && config.load.pipelining > 1) {
    return Contradiction{
        "hangup", "fraction",
        fmt::format("is {} but {} requests are pipelined; those behind would be lost with it",
                    config.hangup.fraction, config.load.pipelining)};
  }
  if (config.body.pause_ms > 0 && config.body.pause_at >= std::max<std::uint64_t>(shortest, 1)) {
    return Contradiction{"body", "pause_at",
                         fmt::format("is {} but the shortest body has {} bytes; there would be no pause",
                                     config.body.pause_at, shortest)};
  }
  if (config.body.pause_ms == 0 && config.body.pause_at != 0) {
    return Contradiction{"body", "pause_at", fmt::format("is {} but pause_ms is 0", config.body.pause_at)};
  }
  if (config.hangup.fraction > 0 && config.body.pause_ms > 0 &&
      config.hangup.after_bytes > config.body.pause_at) {
    return Contradiction{"hangup", "after_bytes",
                         fmt::format("is {} but the origin pauses after {} (body.pause_at); the client would "
                                     "wait for the end of the pause",
                                     config.hangup.after_bytes, config.body.pause_at)};
  }
  // Over sockets both mean the end of the origin's first write.
  if (config.transport == TransportKind::tcp && config.body.read_ahead_bytes != 0 &&
      config.body.pause_ms != 0 && config.body.read_ahead_bytes != config.body.pause_at) {
    return Contradiction{
        "body", "read_ahead_bytes",
        fmt::format("is {} but the origin pauses after {} (body.pause_at); over tcp they are the same",
                    config.body.read_ahead_bytes, config.body.pause_at)};
  }
  return std::nullopt;
}

std::optional<Contradiction> check_process(const TrialConfig& config) {
  const std::uint32_t workers = config.pipeline.client_workers + config.pipeline.fetch_workers;
  if (config.pinning != Pinning::none && workers > usable_cpus()) {
    return Contradiction{
        "trial", "pinning",
        fmt::format("is {} but there are {} workers and {} CPUs; a CPU holds one pinned worker",
                    config.pinning == Pinning::compact ? "compact" : "spread", workers, usable_cpus())};
  }
  if (auto why = why_not_here(config.allocator)) {
    return Contradiction{"process", "allocator", std::move(*why)};
  }
  return std::nullopt;
}

[[noreturn]] void refuse(const Contradiction& found) {
  throw BadInput(fmt::format("--{} {}", find_setting(found.section, found.key)->option, found.what));
}

}  // namespace

std::optional<Contradiction> find_contradiction(const pipeline::Settings& settings) {
  if (settings.handoff.ratio > 0 && settings.fetch_workers == 0) {
    return Contradiction{
        "handoff", "ratio",
        fmt::format("is {} but there are 0 fetch workers (pipeline.fetch_workers)", settings.handoff.ratio)};
  }
  if (settings.pools > settings.client_workers) {
    return Contradiction{"pipeline", "pools",
                         fmt::format("is {} but there are {} client workers; each pool needs one",
                                     settings.pools, settings.client_workers)};
  }
  // A handoff is refused where no fetch worker is free, so more hops than workers can never all happen.
  if (settings.handoff.ratio > 0 && settings.handoff.hops > settings.fetch_workers) {
    return Contradiction{
        "handoff", "hops",
        fmt::format("is {} but there are {} fetch workers", settings.handoff.hops, settings.fetch_workers)};
  }
  const Parameters& buffers = settings.buffers;
  if (buffers.max_buffers != 0 && buffers.supply > buffers.max_buffers) {
    return Contradiction{"buffers", "supply",
                         fmt::format("is {} but at most {} buffers may be alive (buffers.max_buffers)",
                                     buffers.supply, buffers.max_buffers)};
  }
  if (buffers.slack != 0 && buffers.slack >= buffers.supply) {
    return Contradiction{"buffers", "slack",
                         fmt::format("is {} but the supply is {} (buffers.supply); it must be less",
                                     buffers.slack, buffers.supply)};
  }
  return std::nullopt;
}

std::optional<Contradiction> find_contradiction(const TrialConfig& config) {
  if (auto found = find_contradiction(config.pipeline)) {
    return found;
  }
  if (auto found = check_load(config)) {
    return found;
  }
  if (auto found = find_traffic_contradiction(config)) {
    return found;
  }
  if (auto found = check_slices(config)) {
    return found;
  }
  if (auto found = check_bodies(config)) {
    return found;
  }
  return check_process(config);
}

void check(const pipeline::Settings& settings) {
  if (const auto found = find_contradiction(settings)) {
    refuse(*found);
  }
}
void check(const TrialConfig& config) {
  if (const auto found = find_contradiction(config)) {
    refuse(*found);
  }
}

}  // namespace baton::trial
