#include "harness/trial/tcp_load.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <string_view>

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
  options.ramp = nanoseconds(config.ramp_s);
  options.measure = nanoseconds(config.measure_s);
  options.timeout = std::chrono::seconds(10) + std::chrono::milliseconds(config.body.pause_ms);
  options.targets.clear();
  for (const std::uint64_t bytes : config.body.bytes) {
    options.targets.push_back({.bytes = bytes, .weight = 1, .query = origin_query(config.body), .path = {}});
  }
  options.request_head_bytes = config.load.request_head_bytes;
  options.hang_up = {
      .fraction = config.hangup.fraction, .after_bytes = config.hangup.after_bytes, .reset = false};
  options.seed = config.seed;
  return options;
}

}  // namespace baton::trial
