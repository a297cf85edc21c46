#include "harness/trial/record.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/load/load_result.hpp"
#include "harness/measure/build_info.hpp"
#include "harness/measure/environment.hpp"
#include "harness/measure/summary.hpp"
#include "harness/measure/unavailable.hpp"
#include "harness/trial/config_json.hpp"
#include "harness/trial/traffic.hpp"

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

// Over the samples of [from, to) of the measured phase; none: there was no sample.
std::optional<double> mean_alive(const std::vector<MemorySample>& samples, double from_s, double to_s) {
  double sum = 0, number = 0;
  for (const MemorySample& sample : samples) {
    if (sample.t_s < from_s || sample.t_s >= to_s) continue;
    sum += static_cast<double>(sample.buffers.alive().bytes);
    ++number;
  }
  return number == 0 ? std::nullopt : std::optional(sum / number);
}

// Sections 2 and 4 of four.
json growth(const Outcome& outcome) {
  const double quarter = outcome.measured_s / 4;
  const auto early = mean_alive(outcome.samples, quarter, 2 * quarter);
  const auto late = mean_alive(outcome.samples, 3 * quarter, 4 * quarter);
  return early && late ? json(*late - *early) : json(nullptr);
}

json recovery(const TrialConfig& config, const Outcome& outcome) {
  const LoadConfig& load = config.load;
  if (load.burst_factor == 1) return nullptr;
  const auto steady = mean_alive(outcome.samples, 0, load.burst_at_s);
  if (!steady) return nullptr;
  const double end_s = load.burst_at_s + load.burst_s;
  for (const MemorySample& sample : outcome.samples) {
    if (sample.t_s >= end_s && static_cast<double>(sample.buffers.alive().bytes) <= 2 * *steady)
      return to_digits(sample.t_s - end_s, 4);
  }
  return to_digits(std::max(0.0, outcome.measured_s - end_s), 4);
}

// The longest of all changes of size. What buffers settle at is their mean size in the last half before the
// next change.
json convergence(const Outcome& outcome) {
  if (outcome.resized_at_s.empty()) return nullptr;
  constexpr double kNear = 0.05;
  const auto size_of = [](const MemorySample& sample) {
    const Holding alive = sample.buffers.alive();
    return alive.buffers == 0 ? 0 : static_cast<double>(alive.bytes) / static_cast<double>(alive.buffers);
  };
  double longest = 0;
  for (std::size_t i = 0; i < outcome.resized_at_s.size(); ++i) {
    const double from_s = outcome.resized_at_s[i];
    const double to_s =
        i + 1 < outcome.resized_at_s.size() ? outcome.resized_at_s[i + 1] : outcome.measured_s;
    double sum = 0, number = 0;
    for (const MemorySample& sample : outcome.samples) {
      if (sample.t_s < (from_s + to_s) / 2 || sample.t_s >= to_s) continue;
      sum += size_of(sample);
      ++number;
    }
    if (number == 0) continue;
    const double settled = sum / number;
    // Until after the last sample that is off.
    double took = 0;
    for (const MemorySample& sample : outcome.samples) {
      if (sample.t_s >= from_s && sample.t_s < to_s && std::abs(size_of(sample) - settled) > kNear * settled)
        took = sample.t_s - from_s;
    }
    longest = std::max(longest, took);
  }
  return to_digits(longest, 4);
}

json buffers(const TrialConfig& config, const Outcome& outcome) {
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
  const auto mean = mean_alive(outcome.samples, 0, outcome.measured_s);
  return {{"created", of(outcome.at_end.created)},
          {"destroyed", of(outcome.at_end.destroyed)},
          {"at_end", holders(outcome.at_end)},
          {"peak_alive", of(peak_alive)},
          {"peak_in_use", of(peak_in_use)},
          {"most_stranded_bytes", most_stranded},
          {"blow_up", blow_up},
          {"mean_alive_bytes", mean ? json(*mean) : json(nullptr)},
          {"growth_bytes", growth(outcome)},
          {"recovery_s", recovery(config, outcome)},
          {"convergence_s", convergence(outcome)},
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
      {"voluntary_switches_per_request",
       requests == 0 ? json(nullptr)
                     : json(static_cast<double>(outcome.process_usage.voluntary_switches) /
                            static_cast<double>(requests))},
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

json faults(const TrialConfig& config, const Outcome& outcome) {
  const bool marked = fault_plan(config).marks_requests(), preempted = config.faults.preempt_per_s > 0;
  if (!marked && !preempted) {
    return nullptr;
  }
  return {{"hit", outcome.hit},
          {"recovery_ns", marked ? latency_summary(outcome.recovery) : json(nullptr)},
          {"preempted", preempted ? json(outcome.preempted) : json(nullptr)}};
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
        {"served", load::to_json(outcome.served)},
        {"by_reason", outcome.failures}}},
      {"latency_ns",
       {{"intended", spec.config.load.loop == Loop::open ? latency_summary(outcome.intended) : json(nullptr)},
        {"service", latency_summary(outcome.service)},
        {"late", spec.config.load.loop == Loop::open ? latency_summary(outcome.late) : json(nullptr)}}},
      {"saturated", outcome.saturated ? json(*outcome.saturated) : json(nullptr)},
      {"tie", duration_summary(outcome.ties)},
      {"acquire_ns", spec.config.time_acquires ? latency_summary(outcome.acquires) : json(nullptr)},
      {"faults", faults(spec.config, outcome)},
      {"housekeeping", duration_summary(outcome.housekeeping)},
      {"handoffs",
       {{"offered", outcome.measured.handoffs_offered},
        {"taken", outcome.measured.handoffs_taken},
        {"refused", outcome.measured.handoffs_refused},
        {"returned", outcome.measured.handoffs_returned},
        {"hops", outcome.measured.hops}}},
      {"dispatch", {{"sessions", outcome.measured.dispatches}, {"migrated", outcome.measured.migrations}}},
      {"ledger", ledger(outcome)},
      {"buffers", buffers(spec.config, outcome)},
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
