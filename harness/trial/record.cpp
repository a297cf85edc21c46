#include "harness/trial/record.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/measure/build_info.hpp"
#include "harness/measure/environment.hpp"
#include "harness/measure/summary.hpp"
#include "harness/measure/unavailable.hpp"
#include "harness/trial/config_json.hpp"

namespace baton::trial {

using nlohmann::json;

namespace {

json of(const Holding& holding) { return {{"buffers", holding.buffers}, {"bytes", holding.bytes}}; }

json holders(const Footprint& footprint) {
  return {{"supplies", of(footprint.supplies)},
          {"shared", of(footprint.shared)},
          {"sessions", of(footprint.sessions)},
          {"in_transfer", of(footprint.in_transfer)}};
}

// Approximate: the terms are read one after the other while workers run, so the difference may come out below
// zero.
Holding in_use(const Footprint& footprint) {
  const auto difference = [](std::size_t alive, std::size_t parked) {
    return alive > parked ? alive - parked : 0;
  };
  const Holding alive = footprint.alive();
  const Holding parked = footprint.parked();
  return {.buffers = difference(alive.buffers, parked.buffers),
          .bytes = difference(alive.bytes, parked.bytes)};
}

json buffers(const Outcome& outcome) {
  Holding peak_alive;
  Holding peak_in_use;
  std::size_t most_stranded = 0;
  for (const MemorySample& sample : outcome.samples) {
    const Holding alive = sample.buffers.alive();
    const Holding used = in_use(sample.buffers);
    peak_alive = alive.bytes > peak_alive.bytes ? alive : peak_alive;
    peak_in_use = used.bytes > peak_in_use.bytes ? used : peak_in_use;
    most_stranded = std::max(most_stranded, sample.buffers.supplies.bytes + sample.buffers.sessions.bytes);
  }
  const json blow_up =
      peak_in_use.bytes == 0
          ? json(nullptr)
          : json(static_cast<double>(peak_alive.bytes) / static_cast<double>(peak_in_use.bytes));
  return {{"created", of(outcome.at_end.created)},
          {"destroyed", of(outcome.at_end.destroyed)},
          {"at_end", holders(outcome.at_end)},
          {"peak_alive", of(peak_alive)},
          {"peak_in_use", of(peak_in_use)},
          {"most_stranded_bytes", most_stranded},
          {"blow_up", blow_up},
          {"conserved", outcome.at_end.conserved(0)}};
}

json after_load(const std::vector<CalmSample>& looks) {
  json after = json::array();
  for (const CalmSample& look : looks) {
    after.push_back({{"t_s", look.t_s},
                     {"alive", of(look.buffers.alive())},
                     {"held_by", holders(look.buffers)},
                     {"process", to_json(look.process)}});
  }
  return after;
}

// A member's column: what each sample says of it.
template <class Of>
json column(const std::vector<MemorySample>& samples, Of of) {
  json values = json::array();
  for (const MemorySample& sample : samples) values.push_back(of(sample));
  return values;
}

json sampled(const std::vector<MemorySample>& samples) {
  const bool told = std::ranges::any_of(
      samples, [](const MemorySample& sample) { return sample.process_anonymous.has_value(); });
  return {
      {"t_s", column(samples, [](const auto& sample) { return to_digits(sample.t_s, 4); })},
      {"in_use", column(samples, [](const auto& sample) { return in_use(sample.buffers).bytes; })},
      {"supplies", column(samples, [](const auto& sample) { return sample.buffers.supplies.bytes; })},
      {"shared", column(samples, [](const auto& sample) { return sample.buffers.shared.bytes; })},
      {"sessions", column(samples, [](const auto& sample) { return sample.buffers.sessions.bytes; })},
      {"in_transfer", column(samples, [](const auto& sample) { return sample.buffers.in_transfer.bytes; })},
      {"process_anonymous",
       told ? column(samples, [](const auto& sample) { return or_unavailable(sample.process_anonymous); })
            : json(kUnavailable)}};
}

json memory(const Outcome& outcome) {
  return {{"samples", sampled(outcome.samples)},
          {"process",
           {{"before", to_json(outcome.before)},
            {"measure_end", to_json(outcome.measure_end)},
            {"after_drain", to_json(outcome.after_drain)}}},
          {"after_load", after_load(outcome.calm)}};
}

json ledger(const Outcome& outcome) {
  if (!outcome.ledger) {
    return nullptr;
  }
  json counts{{"requests", outcome.ever.requests}};
  json per_request = json::object();
  for (const auto& field : kLedgerFields) {
    const std::uint64_t count = (*outcome.ledger).*field.count;
    counts[std::string(field.name)] = count;
    if (outcome.ever.requests != 0) {
      per_request[std::string(field.name)] =
          static_cast<double>(count) / static_cast<double>(outcome.ever.requests);
    }
  }
  counts["per_request"] = std::move(per_request);
  return counts;
}

json cpu(const Outcome& outcome) {
  constexpr double kSeconds = 1e-9;
  const std::uint64_t requests = outcome.measured.requests;
  const auto total = static_cast<double>(outcome.cpu.total_ns());
  return {
      {"total_s", total * kSeconds},
      {"user_s", static_cast<double>(outcome.process_usage.user_ns) * kSeconds},
      {"system_s", static_cast<double>(outcome.process_usage.system_ns) * kSeconds},
      {"per_request_us", requests == 0 ? json(nullptr) : json(total * 1e-3 / static_cast<double>(requests))},
      {"by_role",
       {{"client_workers", static_cast<double>(outcome.cpu.client_workers_ns) * kSeconds},
        {"fetch_workers", static_cast<double>(outcome.cpu.fetch_workers_ns) * kSeconds},
        {"waiter", static_cast<double>(outcome.cpu.waiter_ns) * kSeconds}}},
      {"voluntary_switches", outcome.process_usage.voluntary_switches},
      {"involuntary_switches", outcome.process_usage.involuntary_switches}};
}

// Nothing was measured: nothing to say about the noise.
json noise(const Outcome& outcome) {
  if (!outcome.noise.is_object()) {
    return nullptr;
  }
  json evidence = outcome.noise;
  for (const char* name : {"before", "after"}) {
    const auto& calibration =
        name == std::string_view("before") ? outcome.calibration_before : outcome.calibration_after;
    evidence[name] = calibration ? to_json(*calibration) : json(kUnavailable);
  }
  return evidence;
}

// One timed request is two stamps and a record; the share is of the CPU time of a request.
json instrument(const Outcome& outcome) {
  if (!outcome.instrument) {
    return nullptr;
  }
  const std::uint64_t requests = outcome.measured.requests;
  const auto cpu_ns = static_cast<double>(outcome.cpu.total_ns());
  return {{"stamp_ns", outcome.instrument->stamp_ns},
          {"record_ns", outcome.instrument->record_ns},
          {"share_of_request", requests == 0 || cpu_ns == 0 ? json(nullptr)
                                                            : json(instrument_cost_ns(*outcome.instrument) *
                                                                   static_cast<double>(requests) / cpu_ns)}};
}

json idle(const Outcome& outcome) {
  if (!outcome.quiet || outcome.idle_sessions == 0) {
    return nullptr;
  }
  const auto before = outcome.before.held();
  const auto then = outcome.measure_end.held();
  const double connections = outcome.idle_sessions;
  return {{"connections", outcome.idle_sessions},
          {"parked_bytes_per_connection", static_cast<double>(outcome.quiet->sessions.bytes) / connections},
          {"process_bytes_per_connection",
           before && then ? json((static_cast<double>(*then) - static_cast<double>(*before)) / connections)
                          : json(nullptr)}};
}

}  // namespace

double to_digits(double value, int digits) {
  const double factor = std::pow(10, digits);
  return std::round(value * factor) / factor;
}

std::string timestamp() {
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), millis);
}

json make_record(const TrialSpec& spec, const std::string& started_at, const Outcome& outcome) {
  const double seconds = outcome.measured_s;
  json environment = describe_environment();
  json passing = take_passing(environment);
  json record{
      {"schema_version", kSchemaVersion},
      {"trial_id", spec.trial_id},
      {"run_id", spec.run_id},
      {"suite", spec.suite},
      {"cell_id", spec.cell_id},
      {"strategy", spec.config.strategy},
      {"workload", spec.config.workload},
      {"allocator", allocator_json(spec.config.allocator, outcome.allocator)},
      {"role", spec.role == Role::verifying ? "verify" : "trial"},
      {"round", spec.round},
      {"started_at", started_at},
      {"duration_s", seconds},
      {"seed", spec.config.seed},
      {"configuration", recorded(spec.config)},
      {"environment", std::move(environment)},
      {"passing", std::move(passing)},
      {"build", to_json(build_info())},
      {"verdict", {{"valid", outcome.valid()}, {"reasons", outcome.faults}}},
      {"requests",
       {{"completed", outcome.completed},
        {"failed", outcome.failed},
        {"wrong", outcome.wrong},
        {"hung_up", outcome.hung_up},
        {"by_reason", outcome.failures}}},
      {"latency_ns",
       {{"intended", spec.config.load.loop == Loop::open ? latency_summary(outcome.intended) : json(nullptr)},
        {"service", latency_summary(outcome.service)},
        {"late", spec.config.load.loop == Loop::open ? latency_summary(outcome.late) : json(nullptr)}}},
      {"saturated", outcome.saturated ? json(*outcome.saturated) : json(nullptr)},
      {"tie", duration_summary(outcome.ties)},
      {"housekeeping", duration_summary(outcome.housekeeping)},
      {"handoffs",
       {{"offered", outcome.measured.handoffs_offered},
        {"taken", outcome.measured.handoffs_taken},
        {"refused", outcome.measured.handoffs_refused},
        {"returned", outcome.measured.handoffs_returned},
        {"hops", outcome.measured.hops}}},
      {"dispatch", {{"sessions", outcome.measured.dispatches}, {"migrated", outcome.measured.migrations}}},
      {"ledger", ledger(outcome)},
      {"buffers", buffers(outcome)},
      {"memory", memory(outcome)},
      {"cpu", cpu(outcome)}};
  const double per_second = seconds > 0 ? 1 / seconds : 0;
  record["throughput"] = {{"requests_per_s", static_cast<double>(outcome.completed) * per_second},
                          {"bytes_per_s", static_cast<double>(outcome.body_bytes) * per_second}};
  record["idle"] = idle(outcome);
  record["noise"] = noise(outcome);
  record["counters"] = spec.config.counters ? baton::to_json(outcome.counters) : json(nullptr);
  record["instrument"] = instrument(outcome);
  record["slices"] = nullptr;
  return record;
}

}  // namespace baton::trial
