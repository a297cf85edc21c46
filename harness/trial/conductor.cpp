#include "harness/trial/conductor.hpp"

#include <array>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "harness/trial/placement.hpp"
#include "harness/trial/preemption.hpp"
#include "harness/trial/set_up.hpp"
#include "harness/trial/traffic.hpp"
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

CpuByRole operator-(const CpuByRole& later, const CpuByRole& earlier) {
  return {.client_workers_ns = later.client_workers_ns - earlier.client_workers_ns,
          .fetch_workers_ns = later.fetch_workers_ns - earlier.fetch_workers_ns,
          .waiter_ns = later.waiter_ns - earlier.waiter_ns};
}

}  // namespace

void require_forward(const ClockCheck& clock, Outcome& outcome) {
  if (clock.backwards() != 0) {
    outcome.faults.push_back(fmt::format(
        "the clock went backwards {} times: no duration of this trial can be trusted", clock.backwards()));
  }
}

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

pipeline::PipelineOptions trial_options(const TrialConfig& config, Role role, LedgerBook& book) {
  pipeline::PipelineOptions options;
  options.record_housekeeping = true;
  options.record_acquires = config.time_acquires;
  options.on_thread = [placement = Placement(config), preemption = Preemption(config),
                       book = role == Role::verifying ? &book : nullptr](pipeline::Role worker,
                                                                         std::uint32_t index) {
    placement.pin_this_thread(worker, index);
    if (worker == pipeline::Role::client_worker) preemption.begin_on_this_thread();
    if (book != nullptr) {
      book->open_for_this_thread();
    }
  };
  return options;
}

void Conductor::before_load() { outcome_.before = process_memory(); }

CpuByRole Conductor::cpu() const {
  return {.client_workers_ns = pipeline_.cpu_ns(pipeline::Role::client_worker),
          .fetch_workers_ns = pipeline_.cpu_ns(pipeline::Role::fetch_worker),
          .waiter_ns = pipeline_.cpu_ns(pipeline::Role::waiter)};
}

void Conductor::begin_measure() {
  if (noise_) noise_->begin();
  counters_before_ = counters_.read();
  totals_ = pipeline_.totals();
  usage_ = this_process_usage();
  cpu_ = cpu();
  begin_ns_ = monotonic_ns();
}

void Conductor::resize(const TrialConfig& config) {
  if (!given(config.resize_bytes) || outcome_.resized_at_s.size() == config.resize_bytes.size()) return;
  const double now_s = static_cast<double>(monotonic_ns() - begin_ns_) * 1e-9;
  const auto parts = static_cast<double>(config.resize_bytes.size() + 1);
  const auto next = static_cast<double>(outcome_.resized_at_s.size() + 1);
  if (now_s < config.measure_s * next / parts) return;
  pipeline_.set_buffer_bytes(static_cast<std::uint32_t>(config.resize_bytes[outcome_.resized_at_s.size()]));
  outcome_.resized_at_s.push_back(now_s);
}

void Conductor::sample() {
  if (noise_) noise_->sample();
  const auto memory = alone_ ? read_quick_memory() : std::nullopt;
  outcome_.samples.push_back(
      {.t_s = outcome_.measured_s + static_cast<double>(monotonic_ns() - begin_ns_) * 1e-9,
       .buffers = pipeline_.sample(),
       .process_anonymous = memory ? std::optional(memory->resident_anonymous) : std::nullopt});
}

Slice Conductor::end_measure() {
  Slice part;
  part.seconds = static_cast<double>(monotonic_ns() - begin_ns_) * 1e-9;
  const CpuByRole used = cpu() - cpu_;
  const pipeline::Totals counted = pipeline_.totals() - totals_;
  part.requests = counted.requests;
  part.cpu_ns = used.total_ns();
  const CounterValues hardware = difference(counters_.read(), counters_before_);
  const bool first = outcome_.measured_s == 0;
  outcome_.counters = first ? hardware : sum(outcome_.counters, hardware);
  outcome_.measured_s += part.seconds;
  outcome_.cpu += used;
  outcome_.process_usage += this_process_usage() - usage_;
  outcome_.measured += counted;
  if (noise_) {
    noise_->end();
    outcome_.noise = noise_->json();
    require_forward(noise_->clock(), outcome_);
  }
  outcome_.measure_end = process_memory();
  return part;
}

void Conductor::watch_calm(double seconds) {
  using Seconds = std::chrono::duration<double>;
  constexpr std::array kLooks = {0.0, 1.0, 10.0};
  constexpr Seconds kNap{0.05};  // so that an interruption is noticed
  if (seconds <= 0) return;
  const auto began = std::chrono::steady_clock::now();
  for (const double look : kLooks) {
    if (look > seconds) return;
    while (std::chrono::steady_clock::now() - began < Seconds(look)) {
      if (interrupted()) return;
      std::this_thread::sleep_for(kNap);
    }
    outcome_.calm.push_back({.t_s = look, .buffers = pipeline_.sample(), .process = process_memory()});
  }
}

void Conductor::stop() {
  pipeline_.stop();
  outcome_.ever = pipeline_.totals();
  outcome_.preempted = Preemption::happened();  // of this process, which has no other trial of its kind
  outcome_.after_drain = process_memory();
  outcome_.at_end = pipeline_.footprint();
  pipeline_.merge_housekeeping(outcome_.housekeeping, outcome_.ties);
  pipeline_.merge_acquires(outcome_.acquires);
  if (!outcome_.at_end.conserved(0)) {
    outcome_.faults.emplace_back(
        "conservation does not hold: buffers created and not destroyed are neither parked nor in transfer");
  }
}

}  // namespace baton::trial
