#include "harness/trial/memory_load.hpp"

#include <chrono>
#include <cmath>

#include "harness/trial/traffic.hpp"

namespace baton::trial {

namespace {

void add(Outcome& outcome, const MemoryLocal& local) {
  outcome.completed += local.completed;
  outcome.completed_ever += local.completed_ever;
  outcome.body_bytes += local.body_bytes;
  outcome.wrong += local.wrong;
  outcome.failed += local.failed;
  outcome.hung_up += local.hung_up;
  outcome.intended.merge(local.intended);
  outcome.service.merge(local.service);
  outcome.late.merge(local.late);
  outcome.hit += local.hit;
  outcome.recovery.merge(local.recovery);
}

}  // namespace

load::MemoryScript memory_script(const TrialConfig& config) {
  load::MemoryScript script;
  script.connections = config.load.connections;
  script.pipelining = config.load.pipelining;
  script.open_loop = config.load.loop == Loop::open;
  script.poisson = config.load.arrivals == Arrivals::poisson;
  script.rate = config.load.rate;
  script.request_head_bytes = config.load.request_head_bytes;
  script.body_bytes = config.body.bytes;
  script.kinds = drawn_requests(config);
  script.schedule = make_schedule(config);
  if (given(config.load.think_us)) script.think_us = config.load.think_us;
  script.requests_per_connection = config.load.requests_per_connection;
  script.cut_bytes = config.load.cut_bytes;
  script.slow_connections =
      static_cast<std::uint32_t>(std::lround(config.load.slow_share * config.load.connections));
  script.slow_bytes = config.load.slow_bytes;
  script.slow_pause = std::chrono::milliseconds(config.load.slow_pause_ms);
  script.chunked = config.body.chunked;
  script.piece_bytes = config.body.piece_bytes;
  script.read_ahead_bytes = config.body.read_ahead_bytes;
  script.pause = std::chrono::milliseconds(config.body.pause_ms);
  script.pause_at = config.body.pause_at;
  script.hangup_fraction = config.hangup.fraction;
  script.hangup_after = config.hangup.after_bytes;
  script.hangup_anywhere = config.hangup.anywhere;
  script.faults = fault_plan(config);
  script.seed = config.seed;
  return script;
}

void take_clients(MemoryTransport& transport, Outcome& outcome) {
  for (const load::MemoryClient& client : transport.clients()) outcome.served.add(client.completed());
  for (const MemoryLocal& local : transport.locals()) {
    add(outcome, local);
  }
  if (outcome.failed != 0) {
    outcome.failures["error answer or closed connection"] = outcome.failed;
  }
}

}  // namespace baton::trial
