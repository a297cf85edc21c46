// What client and fetch workers have in common: the strategy's handle and its housekeeping.
#pragma once

#include <cstdint>
#include <memory>

#include "harness/measure/clock.hpp"
#include "harness/measure/histogram.hpp"
#include "harness/pipeline/counters.hpp"
#include "harness/pipeline/shared.hpp"
#include "strategies/contract.hpp"

namespace baton::pipeline {

// What a worker leaves behind to be read: counts at any time, histograms after the thread has ended.
struct alignas(kCacheLineBytes) WorkerRecord {
  WorkerCounters counters;
  std::unique_ptr<Histogram> housekeeping;  // nanoseconds; only where that was asked for
  std::unique_ptr<Histogram> ties;
  std::unique_ptr<Histogram> acquires;  // nanoseconds; only where that was asked for
};

template <Strategy S, Transport T>
class Worker {
 public:
  Worker(Shared<S, T>& shared, std::uint32_t index, WorkerRecord& record)
      : shared_(shared),
        pool_(shared.pools[index % shared.settings.pools]),
        own_(shared.strategy.attach(index)),
        record_(record) {}

 protected:
  // The request boundary. Timed, because this is where a tie shows.
  void housekeep() noexcept {
    const std::uint64_t begin = clock_.ticks();
    const bool tied = own_.housekeep();
    const std::uint64_t ns = clock_.elapsed_ns(begin, clock_.ticks());
    if (record_.housekeeping) {
      record_.housekeeping->record(ns);
    }
    if (tied) {
      record_.counters.ties.add();
      record_.counters.tie_ns.add(ns);
      if (record_.ties) {
        record_.ties->record(ns);
      }
    }
  }
  // What to run while the pool's lock is held anyway.
  auto under_lock() noexcept {
    return [this]() noexcept {
      static_cast<void>(this);  // not used by most strategies
      if constexpr (S::kPromises.housekeeps_under_pool_lock) {
        own_.housekeep_locked();
      }
    };
  }
  [[nodiscard]] WorkerCounters& counters() noexcept { return record_.counters; }
  [[nodiscard]] Histogram* acquires() noexcept { return record_.acquires.get(); }

  // A request or a fetch is over.
  void one_more() noexcept { ++served_; }
  [[nodiscard]] bool worn_out() const noexcept {
    return shared_.settings.worker_requests != 0 && served_ >= shared_.settings.worker_requests;
  }

  Shared<S, T>& shared_;
  typename Shared<S, T>::PoolType& pool_;
  typename S::Worker own_;

 private:
  WorkerRecord& record_;
  std::uint64_t served_ = 0;
  const TickClock& clock_ = TickClock::shared();
};

}  // namespace baton::pipeline
