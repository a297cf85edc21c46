#include "harness/trial/tcp_load.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "harness/trial/traffic.hpp"

namespace baton::trial {

std::string origin_query(const BodyConfig& body) {
  std::string query;
  const auto add = [&query](std::string_view key, std::uint64_t value) {
    query += fmt::format("{}{}={}", query.empty() ? "" : "&", key, value);
  };
  if (body.chunked) {
    add("chunked", 1);
  }
  if (body.piece_bytes != 0) {
    add("piece", body.piece_bytes);
  }
  if (body.pause_ms != 0) {
    add("pause_at", body.pause_at);
    add("pause", body.pause_ms);
  } else if (body.read_ahead_bytes != 0) {
    add("pause_at", body.read_ahead_bytes);  // a pause of no time: what follows is a write of its own
  }
  return query;
}

load::LoadOptions load_options(const TrialConfig& config, const net::Address& address) {
  const auto nanoseconds = [](double seconds) {
    return std::chrono::nanoseconds(std::llround(seconds * 1e9));
  };
  load::LoadOptions options;
  options.address = address;
  options.connections = config.load.connections;
  options.pipelining = config.load.pipelining;
  options.idle_connections = config.load.idle_connections;
  options.loop = config.load.loop == Loop::open ? load::LoadLoop::open : load::LoadLoop::closed;
  options.rate = config.load.rate;
  options.arrivals =
      config.load.arrivals == Arrivals::poisson ? load::ArrivalKind::poisson : load::ArrivalKind::constant;
  options.schedule = make_schedule(config);
  if (given(config.load.think_us)) options.think_us = config.load.think_us;
  if (given(config.load.requests_per_connection))
    options.requests_per_connection = config.load.requests_per_connection;
  options.cut_bytes = config.load.cut_bytes;
  options.slow_connections =
      static_cast<std::uint32_t>(std::lround(config.load.slow_share * config.load.connections));
  options.slow_bytes = config.load.slow_bytes;
  options.slow_pause = std::chrono::milliseconds(config.load.slow_pause_ms);
  if (options.schedule != nullptr) options.rate = 0;
  options.ramp = nanoseconds(config.ramp_s);
  options.measure = nanoseconds(config.measure_s);
  options.timeout = std::chrono::seconds(10) + std::chrono::milliseconds(config.body.pause_ms);
  options.targets.clear();
  const std::string query = origin_query(config.body);
  for (const load::ScheduledRequest& kind : drawn_requests(config)) {
    options.targets.push_back({.bytes = kind.body_bytes,
                               .query = query,
                               .path = {},
                               .head_bytes = kind.head_bytes,
                               .head_only = kind.head_only});
  }
  if (options.targets.empty()) {
    for (const std::uint64_t bytes : config.body.bytes) {
      options.targets.push_back({.bytes = bytes, .query = query, .path = {}});
    }
  }
  options.request_head_bytes = config.load.request_head_bytes;
  options.hang_up = {.fraction = config.hangup.fraction,
                     .after_bytes = config.hangup.after_bytes,
                     .reset = false,
                     .anywhere = config.hangup.anywhere};
  options.faults = fault_plan(config);
  options.seed = config.seed;
  return options;
}

}  // namespace baton::trial
