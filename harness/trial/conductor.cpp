#include "harness/trial/conductor.hpp"

#include <fmt/format.h>

#include "strategies/ledger.hpp"

namespace baton::trial {

namespace {

pipeline::Totals operator-(const pipeline::Totals& later, const pipeline::Totals& earlier) {
  pipeline::Totals difference;
  for (const auto& field : pipeline::kTotalsFields) {
    difference.*field.member = later.*field.member - earlier.*field.member;
  }
  return difference;
}

}  // namespace

void LedgerBook::open_for_this_thread() {
  const std::lock_guard lock(mutex_);
  this_thread_ledger = &ledgers_.emplace_back();
}

Ledger LedgerBook::sum() const {
  const std::lock_guard lock(mutex_);
  Ledger sum;
  for (const Ledger& ledger : ledgers_) {
    sum += ledger;
  }
  return sum;
}

pipeline::PipelineOptions trial_options(Role role, LedgerBook& book) {
  pipeline::PipelineOptions options;
  options.record_housekeeping = true;
  if (role == Role::verifying) {
    options.on_thread = [&book](pipeline::Role, std::uint32_t) { book.open_for_this_thread(); };
  }
  return options;
}

void Conductor::before_load() { outcome_.before = read_process_memory(); }

CpuByRole Conductor::cpu() const {
  return {.client_workers_ns = pipeline_.cpu_ns(pipeline::Role::client_worker),
          .fetch_workers_ns = pipeline_.cpu_ns(pipeline::Role::fetch_worker),
          .waiter_ns = pipeline_.cpu_ns(pipeline::Role::waiter)};
}

void Conductor::begin_measure() {
  noise_.begin();
  counters_before_ = counters_.read();
  totals_ = pipeline_.totals();
  usage_ = this_process_usage();
  cpu_ = cpu();
  begin_ns_ = monotonic_ns();
}

void Conductor::sample() {
  noise_.sample();
  const auto memory = read_quick_memory();
  outcome_.samples.push_back(
      {.t_s = static_cast<double>(monotonic_ns() - begin_ns_) * 1e-9,
       .buffers = pipeline_.sample(),
       .process_anonymous = memory ? std::optional(memory->resident_anonymous) : std::nullopt});
}

void Conductor::end_measure() {
  outcome_.measured_s = static_cast<double>(monotonic_ns() - begin_ns_) * 1e-9;
  const CpuByRole now = cpu();
  outcome_.cpu = {.client_workers_ns = now.client_workers_ns - cpu_.client_workers_ns,
                  .fetch_workers_ns = now.fetch_workers_ns - cpu_.fetch_workers_ns,
                  .waiter_ns = now.waiter_ns - cpu_.waiter_ns};
  outcome_.process_usage = this_process_usage() - usage_;
  outcome_.measured = pipeline_.totals() - totals_;
  outcome_.counters = difference(counters_.read(), counters_before_);
  noise_.end();
  outcome_.noise = noise_.json();
  if (noise_.clock().backwards() != 0) {
    outcome_.faults.push_back(
        fmt::format("the clock went backwards {} times: no duration of this trial can be trusted",
                    noise_.clock().backwards()));
  }
  outcome_.measure_end = read_process_memory();
}

void Conductor::stop() {
  pipeline_.stop();
  outcome_.ever = pipeline_.totals();
  outcome_.after_drain = read_process_memory();
  outcome_.at_end = pipeline_.footprint();
  pipeline_.merge_housekeeping(outcome_.housekeeping, outcome_.ties);
  if (!outcome_.at_end.conserved(0)) {
    outcome_.faults.emplace_back(
        "conservation does not hold: buffers created and not destroyed are neither parked nor in transfer");
  }
}

}  // namespace baton::trial
