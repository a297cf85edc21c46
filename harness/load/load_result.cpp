#include "harness/load/load_result.hpp"

#include <algorithm>

#include "harness/measure/summary.hpp"

namespace baton::load {
namespace {

void merge_reasons(Reasons& into, const Reasons& from) {
  for (const auto& [reason, count] : from) into[reason] += count;
}

nlohmann::json to_json(const RequestTally& tally) {
  return {{"issued", tally.issued}, {"answered", tally.answered}, {"wrong", tally.wrong},
          {"failed", tally.failed}, {"hung_up", tally.hung_up},   {"hit", tally.hit}};
}

}  // namespace

void RequestTally::merge(const RequestTally& other) noexcept {
  issued += other.issued;
  answered += other.answered;
  wrong += other.wrong;
  failed += other.failed;
  hung_up += other.hung_up;
  hit += other.hit;
}

bool LoadResult::saturated() const noexcept {
  constexpr double kAchieved = 0.99;
  constexpr double kGrace = 8;
  const auto due = static_cast<double>(arrivals);
  return open_loop && (static_cast<double>(completed) + kGrace < kAchieved * due ||
                       static_cast<double>(backlog_at_end) > (1 - kAchieved) * due + kGrace);
}

double LoadResult::requests_per_s() const noexcept {
  return measured_s > 0 ? static_cast<double>(completed) / measured_s : 0;
}

void LoadResult::merge(const LoadResult& other) {
  total.merge(other.total);
  measured.merge(other.measured);
  merge_reasons(by_reason, other.by_reason);
  completed += other.completed;
  body_bytes += other.body_bytes;
  served.merge(other.served);
  intended.merge(other.intended);
  service.merge(other.service);
  late.merge(other.late);
  recovery.merge(other.recovery);
  arrivals += other.arrivals;
  backlog_at_end += other.backlog_at_end;
  backlog_max = std::max(backlog_max, other.backlog_max);
  never_sent += other.never_sent;
  connections_opened += other.connections_opened;
  merge_reasons(connection_errors, other.connection_errors);
  idle_open_at_end += other.idle_open_at_end;
  client_cpu_fraction = std::max(client_cpu_fraction, other.client_cpu_fraction);
}

nlohmann::json to_json(const ServedShares& served) {
  if (served.clients == 0) return nullptr;
  return {{"clients", served.clients},
          {"least", served.least},
          {"mean", static_cast<double>(served.answers) / static_cast<double>(served.clients)},
          {"most", served.most},
          {"fairness", served.fairness()}};
}

nlohmann::json to_json(const LoadResult& result) {
  const double bytes_per_s =
      result.measured_s > 0 ? static_cast<double>(result.body_bytes) / result.measured_s : 0;
  nlohmann::json backlog;
  if (result.open_loop) {
    backlog = {{"arrivals", result.arrivals},
               {"at_end", result.backlog_at_end},
               {"max", result.backlog_max},
               {"never_sent", result.never_sent},
               {"sent_late_ns", latency_summary(result.late)}};
  }
  return {{"measured_s", result.measured_s},
          {"throughput", {{"requests_per_s", result.requests_per_s()}, {"bytes_per_s", bytes_per_s}}},
          {"completed", result.completed},
          {"served", to_json(result.served)},
          {"requests", to_json(result.measured)},
          {"requests_whole_run", to_json(result.total)},
          {"by_reason", result.by_reason},
          {"latency_ns",
           {{"intended", latency_summary(result.intended)}, {"service", latency_summary(result.service)}}},
          {"recovery_ns", latency_summary(result.recovery)},
          {"saturated", result.open_loop ? nlohmann::json(result.saturated()) : nlohmann::json()},
          {"backlog", backlog},
          {"connections",
           {{"opened", result.connections_opened},
            {"errors", result.connection_errors},
            {"idle_open_at_end", result.idle_open_at_end}}},
          {"client_cpu_fraction", result.client_cpu_fraction}};
}

}  // namespace baton::load
