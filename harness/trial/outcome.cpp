#include "harness/trial/outcome.hpp"

#include <algorithm>
#include <iterator>

namespace baton::trial {

pipeline::Totals& operator+=(pipeline::Totals& sum, const pipeline::Totals& more) noexcept {
  for (const auto& field : pipeline::kTotalsFields) {
    sum.*field.member += more.*field.member;
  }
  return sum;
}

CpuByRole& operator+=(CpuByRole& sum, const CpuByRole& more) noexcept {
  sum.client_workers_ns += more.client_workers_ns;
  sum.fetch_workers_ns += more.fetch_workers_ns;
  sum.waiter_ns += more.waiter_ns;
  return sum;
}

void append(Outcome& whole, Outcome&& part) {
  for (MemorySample& sample : part.samples) sample.t_s += whole.measured_s;
  std::ranges::move(part.samples, std::back_inserter(whole.samples));
  std::ranges::move(part.slices, std::back_inserter(whole.slices));
  for (std::string& fault : part.faults) {
    if (std::ranges::find(whole.faults, fault) == whole.faults.end())
      whole.faults.push_back(std::move(fault));
  }
  for (const auto& [reason, count] : part.failures) whole.failures[reason] += count;
  whole.counters = whole.measured_s == 0 ? part.counters : sum(whole.counters, part.counters);
  whole.measured_s += part.measured_s;
  whole.completed += part.completed;
  whole.completed_ever += part.completed_ever;
  whole.body_bytes += part.body_bytes;
  whole.wrong += part.wrong;
  whole.failed += part.failed;
  whole.hung_up += part.hung_up;
  whole.intended.merge(part.intended);
  whole.service.merge(part.service);
  whole.late.merge(part.late);
  whole.recovery.merge(part.recovery);
  whole.acquires.merge(part.acquires);
  whole.served.merge(part.served);
  whole.preempted += part.preempted;
  whole.hit += part.hit;
  whole.measured += part.measured;
  whole.ever += part.ever;
  whole.housekeeping.merge(part.housekeeping);
  whole.ties.merge(part.ties);
  whole.cpu += part.cpu;
  whole.process_usage += part.process_usage;
  Footprint at_end = part.at_end;
  at_end.created += whole.at_end.created;
  at_end.destroyed += whole.at_end.destroyed;
  at_end.destroyed += whole.at_end.parked();  // went with its pipeline
  whole.at_end = at_end;
}

}  // namespace baton::trial
