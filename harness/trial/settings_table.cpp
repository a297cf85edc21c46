// The table itself. A new setting of TrialConfig is a row here and nothing else.
#include <array>
#include <chrono>
#include <limits>
#include <type_traits>

#include "harness/trial/allocator_choice.hpp"
#include "harness/trial/setting.hpp"

namespace baton::trial {
namespace {

using Kind = Setting::Kind;

// The names of an enumeration's values, in their order.
template <class E>
constexpr std::array<std::string_view, 2> kNames{};
template <>
constexpr std::array<std::string_view, 2> kNames<TransportKind>{"memory", "tcp"};
template <>
constexpr std::array<std::string_view, 3> kNames<Pinning>{"none", "compact", "spread"};
template <>
constexpr std::array<std::string_view, 2> kNames<Loop>{"closed", "open"};
template <>
constexpr std::array<std::string_view, 2> kNames<Arrivals>{"constant", "poisson"};
template <>
constexpr std::array<std::string_view, 2> kNames<net::Waiting>{"block", "spin"};
template <>
constexpr std::array<std::string_view, 2> kNames<Flush>{"half", "whole"};
template <>
constexpr std::array<std::string_view, 2> kNames<pipeline::OnHangup>{"interrupt", "next_read"};

template <class Field>
consteval Kind kind_of() {
  if (std::is_same_v<Field, bool>) return Kind::boolean;
  if (std::is_enum_v<Field>) return Kind::name;
  if (std::is_floating_point_v<Field>) return Kind::real;
  if (std::is_same_v<Field, std::string>) return Kind::text;
  return std::is_same_v<Field, Integers> ? Kind::integers : Kind::integer;
}

Value as_value(bool field) { return field; }
Value as_value(std::uint32_t field) { return std::uint64_t{field}; }
Value as_value(std::uint64_t field) { return field; }
Value as_value(double field) { return field; }
Value as_value(const Integers& field) { return field; }
Value as_value(const std::string& field) { return field; }
Value as_value(std::chrono::milliseconds field) { return static_cast<std::uint64_t>(field.count()); }
template <class E>
requires std::is_enum_v<E> Value as_value(E field) {
  return std::string(kNames<E>[static_cast<std::size_t>(field)]);
}

void put_value(bool& field, const Value& value) { field = std::get<bool>(value); }
void put_value(std::uint32_t& field, const Value& value) {
  field = static_cast<std::uint32_t>(std::get<std::uint64_t>(value));
}
void put_value(std::uint64_t& field, const Value& value) { field = std::get<std::uint64_t>(value); }
void put_value(double& field, const Value& value) { field = std::get<double>(value); }
void put_value(Integers& field, const Value& value) { field = std::get<Integers>(value); }
void put_value(std::string& field, const Value& value) { field = std::get<std::string>(value); }
void put_value(std::chrono::milliseconds& field, const Value& value) {
  field = std::chrono::milliseconds(std::get<std::uint64_t>(value));
}
template <class E>
requires std::is_enum_v<E>
void put_value(E& field, const Value& value) {
  for (std::size_t i = 0; i < kNames<E>.size(); ++i) {
    if (kNames<E>[i] == std::get<std::string>(value)) field = static_cast<E>(i);
  }
}

struct Names {
  std::string_view section, key, option;
  const char* json;
};
struct Range {
  double least = 0;
  double most = 0;
};

template <class Place>
Setting row(Names names, std::string_view help, Range range, Place /*place*/) {
  using Field = std::remove_cvref_t<decltype(Place{}(std::declval<TrialConfig&>()))>;
  Setting setting{.section = names.section,
                  .key = names.key,
                  .option = names.option,
                  .json = names.json,
                  .help = help,
                  .kind = kind_of<Field>(),
                  .least = range.least,
                  .most = range.most,
                  .names = {},
                  .form = {},
                  .verify = nullptr,
                  .get = [](const TrialConfig& config) { return as_value(Place{}(config)); },
                  .put = [](TrialConfig& config, const Value& value) { put_value(Place{}(config), value); }};
  if constexpr (std::is_enum_v<Field>) {
    setting.names = kNames<Field>;
  }
  return setting;
}

struct Form {
  std::string_view text;
  void (*verify)(std::string_view);
};

template <class Place>
Setting row(Names names, std::string_view help, Form form, Place place) {
  Setting setting = row(names, help, Range{}, place);
  setting.form = form.text;
  setting.verify = form.verify;
  return setting;
}

// A place in TrialConfig, readable and writable.
#define BATON_AT(path) \
  [](auto& config) -> auto& { return config.path; }

constexpr double kKiB = 1024;
constexpr double kGiB = kKiB * kKiB * kKiB;
constexpr double kMostBytes = 1024 * kGiB;
constexpr double kDayMs = 24 * 3600 * 1000.0;
constexpr Range kNone{};
constexpr Range kMilliseconds{1, kDayMs};
constexpr Range kMillisecondsOr0{0, kDayMs};
constexpr Range kBytes{0, kMostBytes};
constexpr Range kShare{0, 1};
constexpr Form kTrace{"the name of a file", [](std::string_view) {}};
constexpr Form kAllocator{kAllocatorForm, [](std::string_view text) { parse_allocator(text); }};

// clang-format off: a table, a row each
const auto kTable = std::to_array<Setting>({
    row({"pipeline", "transport", "transport", "/transport"},
        "kind of connections: scripts in memory or sockets on loopback", kNone, BATON_AT(transport)),
    row({"pipeline", "client_workers", "client-workers", "/client_workers"},
        "threads that serve a request each", {1, 4096}, BATON_AT(pipeline.client_workers)),
    row({"pipeline", "fetch_workers", "fetch-workers", "/fetch_workers"},
        "threads that take over the fetching of bodies", {0, 4096}, BATON_AT(pipeline.fetch_workers)),
    row({"pipeline", "pools", "pools", "/pools"}, "thread pools, each with its queue and list", {1, 64},
        BATON_AT(pipeline.pools)),
    row({"pipeline", "worker_requests", "worker-requests", "/worker_requests"},
        "requests (or fetches) after which a worker's thread ends and another takes its place; 0 = never",
        {0, 1e12}, BATON_AT(pipeline.worker_requests)),
    row({"pipeline", "waiting", "waiting", "/waiting"},
        "how a worker waits for another: asleep at once, or after spinning for 200 us", kNone,
        BATON_AT(pipeline.waiting)),
    row({"pipeline", "linger_ms", "linger-ms", "/linger_ms"},
        "ms a worker waits for the next request before the session idles", {0, 60'000},
        BATON_AT(pipeline.linger)),
    row({"pipeline", "transit_bytes", "transit-bytes", "/transit_bytes"},
        "bytes of the queue between fetch and client worker", {kKiB, kGiB}, BATON_AT(pipeline.transit_bytes)),
    row({"pipeline", "direct_read_bytes", "direct-read-bytes", "/direct_read_bytes"},
        "bytes still to come from which a fetch worker reads straight into the transit queue; 0 = never",
        {0, kGiB}, BATON_AT(pipeline.direct_read_bytes)),
    row({"pipeline", "dispatch_queue", "dispatch-queue", "/dispatch_queue"},
        "most ready sessions that wait for a client worker, a pool; more get 503", {1, 1e6},
        BATON_AT(pipeline.dispatch_queue)),
    row({"pipeline", "max_sessions", "max-sessions", "/max_sessions"},
        "most client connections, more get 503; 0 = no limit", {0, 1e7}, BATON_AT(pipeline.max_sessions)),
    row({"pipeline", "head_timeout_ms", "head-timeout-ms", "/timeouts/head_ms"},
        "ms from a request's first byte to the end of its head", kMilliseconds,
        BATON_AT(pipeline.head_timeout)),
    row({"pipeline", "client_timeout_ms", "client-timeout-ms", "/timeouts/client_ms"},
        "ms a client may be silent within a request", kMilliseconds, BATON_AT(pipeline.client_timeout)),
    row({"pipeline", "idle_timeout_ms", "idle-timeout-ms", "/timeouts/idle_ms"},
        "ms after which a quiet session is closed", kMilliseconds, BATON_AT(pipeline.idle_timeout)),
    row({"pipeline", "connect_timeout_ms", "connect-timeout-ms", "/timeouts/connect_ms"},
        "ms for connecting to the origin, then 504", kMilliseconds, BATON_AT(pipeline.connect_timeout)),
    row({"pipeline", "backend_timeout_ms", "backend-timeout-ms", "/timeouts/backend_ms"},
        "ms the origin may be silent, then 504", kMilliseconds, BATON_AT(pipeline.backend_timeout)),
    row({"pipeline", "drain_timeout_ms", "drain-timeout-ms", "/timeouts/drain_ms"},
        "ms for draining, then what is served is cut off", kMillisecondsOr0,
        BATON_AT(pipeline.drain_timeout)),
    row({"pipeline", "hangup_check_ms", "hangup-check-ms", "/timeouts/hangup_check_ms"},
        "ms between looks at the client while waiting for the origin", kMilliseconds,
        BATON_AT(pipeline.hangup_check)),

    row({"handoff", "ratio", "handoff", "/handoff/ratio"},
        "share of the responses that are handed to a fetch worker", kShare, BATON_AT(pipeline.handoff.ratio)),
    row({"handoff", "min_bytes", "handoff-min-bytes", "/handoff/min_bytes"},
        "bytes of body from which on a response may be handed off", kBytes,
        BATON_AT(pipeline.handoff.min_bytes)),
    row({"handoff", "hops", "hops", "/handoff/hops"},
        "fetch workers that a handed-off response passes through", {1, 64}, BATON_AT(pipeline.handoff.hops)),

    row({"buffers", "buffer_bytes", "buffer-bytes", "/buffer_bytes"}, "bytes of a conn buffer", {kKiB, kGiB},
        BATON_AT(pipeline.buffers.buffer_bytes)),
    row({"buffers", "supply", "supply", "/supply"}, "buffers a worker keeps after housekeeping",
        {0, kMaxSupply}, BATON_AT(pipeline.buffers.supply)),
    row({"buffers", "slack", "slack", "/slack"},
        "how far off its supply a worker may be before it exchanges any", {0, kMaxSupply - 1},
        BATON_AT(pipeline.buffers.slack)),
    row({"buffers", "batch", "batch", "/batch"},
        "buffers that move at once between a worker's cache and what is shared", {1, kMaxBatch},
        BATON_AT(pipeline.buffers.batch)),
    row({"buffers", "flush", "flush", "/flush"},
        "what a full cache of ring_cache gives away: its colder half or the whole", kNone,
        BATON_AT(pipeline.buffers.flush)),
    row({"buffers", "cache_bytes", "cache-bytes", "/cache_bytes"},
        "bytes of a worker's cache, where that is bounded in bytes", {0, kGiB},
        BATON_AT(pipeline.buffers.cache_bytes)),
    row({"buffers", "stripes", "stripes", "/stripes"},
        "lists, where what workers share lies on several; 0 = as many as workers", {0, kMaxStripes},
        BATON_AT(pipeline.buffers.stripes)),
    row({"buffers", "list_bound", "list-bound", "/list_bound"}, "most unused buffers on a shared list",
        {0, 1e9}, BATON_AT(pipeline.buffers.list_bound)),
    row({"buffers", "max_buffers", "max-buffers", "/max_buffers"}, "most buffers alive at once; 0 = no limit",
        {0, 1e9}, BATON_AT(pipeline.buffers.max_buffers)),
    row({"buffers", "resize_bytes", "resize-bytes", "/resize_bytes"},
        "sizes of a conn buffer that follow each other in equal parts of the measured phase; 0 = none",
        {0, kGiB}, BATON_AT(resize_bytes)),
    row({"buffers", "workspace_bytes", "workspace-bytes", "/workspace_bytes"},
        "bytes of a whole workspace (request_workspace)", {kKiB, kGiB},
        BATON_AT(pipeline.buffers.workspace_bytes)),

    row({"load", "connections", "connections", "/connections"}, "client connections that send requests",
        {1, 1e6}, BATON_AT(load.connections)),
    row({"load", "pipelining", "pipelining", "/pipelining"}, "requests sent at once on a connection",
        {1, 1024}, BATON_AT(load.pipelining)),
    row({"load", "idle_connections", "idle-connections", "/idle_connections"},
        "further connections: one request each at the start, then quiet (tcp)", {0, 1e6},
        BATON_AT(load.idle_connections)),
    row({"load", "loop", "loop", "/load/loop"},
        "closed: the next request follows the answer; open: requests arrive at a rate", kNone,
        BATON_AT(load.loop)),
    row({"load", "rate", "rate", "/load/rate"}, "requests per second of all connections (open loop)",
        {0, 1e9}, BATON_AT(load.rate)),
    row({"load", "arrivals", "arrivals", "/load/arrivals"}, "spacing of the requests (open loop)", kNone,
        BATON_AT(load.arrivals)),
    row({"load", "request_head_bytes", "request-head-bytes", "/load/request_head_bytes"},
        "bytes a request's head is padded to", {0, 64 * kKiB}, BATON_AT(load.request_head_bytes)),
    row({"load", "head_quantiles", "head-quantiles", "/load/head_quantiles"},
        "the same as a table: bytes at equal steps of probability; 0 = none", {0, 64 * kKiB},
        BATON_AT(load.head_quantiles)),
    row({"load", "head_share", "head-share", "/load/head_share"},
        "share of HEAD among the requests, where sizes are a table", kShare, BATON_AT(load.head_share)),
    row({"load", "think_us", "think-us", "/load/think_us"},
        "us between an answer and the next request, one value or a table (closed loop)", {0, kDayMs * 1000},
        BATON_AT(load.think_us)),
    row({"load", "requests_per_connection", "requests-per-connection", "/load/requests_per_connection"},
        "requests after which a client closes and comes back, one value or a table; 0 = never", {0, 1e9},
        BATON_AT(load.requests_per_connection)),
    row({"load", "gaps_us", "gaps-us", "/load/gaps_us"},
        "us between arrivals, a table, instead of a rate (open loop); 0 = none", {0, kDayMs * 1000},
        BATON_AT(load.gaps_us)),
    row({"load", "trace", "trace", "/load/trace"},
        "replays arrivals and sizes of this trace (open loop; 'baton trace')", kTrace, BATON_AT(load.trace)),
    row({"load", "pace", "pace", "/load/pace"}, "how many times as fast as trace or gaps_us say", {1e-6, 1e9},
        BATON_AT(load.pace)),
    row({"load", "burst_factor", "burst-factor", "/load/burst_factor"},
        "so many times the rate for a moment (open loop); 1 = never", {1, 1e6}, BATON_AT(load.burst_factor)),
    row({"load", "burst_at_s", "burst-at", "/load/burst_at_s"},
        "seconds of the measured phase before that moment", {0, 86'400}, BATON_AT(load.burst_at_s)),
    row({"load", "burst_s", "burst", "/load/burst_s"}, "seconds it lasts", {0, 86'400},
        BATON_AT(load.burst_s)),
    row({"load", "cut_bytes", "cut-bytes", "/load/cut_bytes"},
        "most bytes of requests that are sent at once; 0 = as many as fit", {0, kGiB},
        BATON_AT(load.cut_bytes)),
    row({"load", "slow_share", "slow-share", "/load/slow_share"},
        "share of the connections that read their answers slowly", kShare, BATON_AT(load.slow_share)),
    row({"load", "slow_bytes", "slow-bytes", "/load/slow_bytes"}, "bytes those read at a time", {1, kGiB},
        BATON_AT(load.slow_bytes)),
    row({"load", "slow_pause_ms", "slow-pause-ms", "/load/slow_pause_ms"}, "ms between two such reads",
        {1, 60'000}, BATON_AT(load.slow_pause_ms)),

    row({"body", "bytes", "body-bytes", "/body/bytes"}, "sizes of the bodies, asked for in turn", kBytes,
        BATON_AT(body.bytes)),
    row({"body", "quantiles", "body-quantiles", "/body/quantiles"},
        "sizes as a table instead: bytes at equal steps of probability; 0 = none", kBytes,
        BATON_AT(body.quantiles)),
    row({"body", "chunked", "chunked", "/body/chunked"}, "bodies without a length, in chunks", kNone,
        BATON_AT(body.chunked)),
    row({"body", "piece_bytes", "piece-bytes", "/body/piece_bytes"},
        "most bytes the origin sends at once; 0 = as many as fit", kBytes, BATON_AT(body.piece_bytes)),
    row({"body", "read_ahead_bytes", "read-ahead-bytes", "/body/read_ahead_bytes"},
        "body bytes that come with the head; 0 = as many as fit", kBytes, BATON_AT(body.read_ahead_bytes)),
    row({"body", "pause_ms", "pause-ms", "/body/pause_ms"}, "ms the origin pauses once in a body",
        {0, 3'600'000}, BATON_AT(body.pause_ms)),
    row({"body", "pause_at", "pause-at", "/body/pause_at"}, "bytes of body before that pause", kBytes,
        BATON_AT(body.pause_at)),

    row({"hangup", "fraction", "hangup", "/hangup/fraction"},
        "share of the requests whose client closes within the body", kShare, BATON_AT(hangup.fraction)),
    row({"hangup", "after_bytes", "hangup-after-bytes", "/hangup/after_bytes"},
        "bytes of body before the client closes", kBytes, BATON_AT(hangup.after_bytes)),
    row({"hangup", "on_hangup", "on-hangup", "/on_hangup"},
        "when a fetch notices that its client has gone: at once or after its current read", kNone,
        BATON_AT(pipeline.on_hangup)),

    row({"hangup", "anywhere", "hangup-anywhere", "/hangup/anywhere"},
        "clients leave in the request, before the answer, or anywhere in the body", kNone,
        BATON_AT(hangup.anywhere)),

    row({"faults", "stall", "fault-stall", "/faults/stall"},
        "share of the requests whose answer stalls in the body", kShare, BATON_AT(faults.stall)),
    row({"faults", "truncate", "fault-truncate", "/faults/truncate"},
        "... whose answer is announced and ends in the body", kShare, BATON_AT(faults.truncate)),
    row({"faults", "reset", "fault-reset", "/faults/reset"},
        "... whose origin resets the connection in the body", kShare, BATON_AT(faults.reset)),
    row({"faults", "lie", "fault-lie", "/faults/lie"}, "... whose answer is longer than was announced",
        kShare, BATON_AT(faults.lie)),
    row({"faults", "at_bytes", "fault-at-bytes", "/faults/at_bytes"},
        "bytes of body before the fault; of a lie, those not announced", kBytes, BATON_AT(faults.at_bytes)),
    row({"faults", "stall_ms", "fault-stall-ms", "/faults/stall_ms"}, "ms of a stall", {1, 3'600'000},
        BATON_AT(faults.stall_ms)),
    row({"faults", "refuse", "fault-refuse", "/faults/refuse"},
        "share of the connections to the origin that are refused; each then serves one request", kShare,
        BATON_AT(faults.refuse)),
    row({"faults", "allocation", "fault-allocation", "/faults/allocation"},
        "share of a strategy's allocations that fail (in the trial that verifies, not in those that are "
        "timed)",
        kShare, BATON_AT(faults.allocation)),
    row({"faults", "preempt_per_s", "fault-preempt-per-s", "/faults/preempt_per_s"},
        "times a second that a worker is put to sleep in the middle of an acquire (with trial.time_acquires)",
        {0, 100'000}, BATON_AT(faults.preempt_per_s)),
    row({"faults", "preempt_us", "fault-preempt-us", "/faults/preempt_us"},
        "us of such a sleep: half to one and a half times as long", {10, 1'000'000},
        BATON_AT(faults.preempt_us)),

    row({"process", "allocator", "allocator", "/allocator"},
        "what serves malloc in a trial's process (see 'baton list allocators'), with its options", kAllocator,
        BATON_AT(allocator)),

    row({"trial", "seed", "seed", "/seed"}, "seed of everything random", {0, 9007199254740992.0},
        BATON_AT(seed)),
    row({"trial", "pinning", "pinning", "/pinning"},
        "a CPU for each worker: compact = near ones first, spread = far ones first", kNone,
        BATON_AT(pinning)),
    row({"trial", "ramp_s", "ramp", "/ramp_s"}, "seconds of load before anything is recorded", {0, 3600},
        BATON_AT(ramp_s)),
    row({"trial", "measure_s", "duration", "/measure_s"}, "seconds that are measured", {0.001, 86'400},
        BATON_AT(measure_s)),
    row({"trial", "calm_s", "calm", "/calm_s"},
        "seconds to watch memory after the load, looked at after 0, 1 and 10 s; 0 = not", {0, 3600},
        BATON_AT(calm_s)),
    row({"trial", "time_acquires", "time-acquires", "/time_acquires"},
        "each acquire is timed; costs two looks at the clock", kNone, BATON_AT(time_acquires)),
    row({"trial", "counters", "counters", "/counters"},
        "cycles, cache misses and the like are counted where they exist; slows context switches", kNone,
        BATON_AT(counters)),
    row({"trial", "slice_ms", "slice-ms", "/slice_ms"},
        "ms of a slice: the strategies of a variant take turns in one process (memory); 0 = a process each",
        {0, 10'000}, BATON_AT(slice_ms)),
    row({"trial", "seating_turns", "seating-turns", "/seating_turns"},
        "slices of each strategy after which sliced pipelines are made afresh, elsewhere in memory; 0 = "
        "never",
        {0, 1'000'000}, BATON_AT(seating_turns)),
});
// clang-format on
#undef BATON_AT

}  // namespace

std::span<const Setting> settings() { return kTable; }

}  // namespace baton::trial
