// acquire, and how long it took where that was asked for.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdint>

#include "harness/measure/clock.hpp"
#include "harness/measure/histogram.hpp"
#include "strategies/conn_buffer.hpp"

namespace baton::pipeline {

// What a signal's handler sees of the thread that it interrupts (harness/trial/preemption.hpp).
struct AcquireMark {
  volatile std::sig_atomic_t inside = 0;  // in an acquire that is timed
  volatile std::sig_atomic_t slept = 0;   // set by the handler: that acquire's time is not the strategy's
  volatile std::uint32_t acquires = 0;    // begun; wraps around
};
inline thread_local constinit AcquireMark acquire_mark;

// `times` is nullptr where nobody asked.
template <class Worker, class Place>
ConnBuffer* acquire(Worker& worker, Place& place, Histogram* times) noexcept {
  if (times == nullptr) [[likely]] {
    return worker.acquire(place);
  }
  const TickClock& clock = TickClock::shared();
  AcquireMark& mark = acquire_mark;
  mark.acquires = mark.acquires + 1;
  mark.slept = 0;
  const std::uint64_t begin = clock.ticks();
  mark.inside = 1;
  std::atomic_signal_fence(std::memory_order_seq_cst);  // the handler runs on this thread
  ConnBuffer* const buffer = worker.acquire(place);
  std::atomic_signal_fence(std::memory_order_seq_cst);  // likewise
  mark.inside = 0;
  const std::uint64_t end = clock.ticks();
  if (mark.slept == 0) times->record(clock.elapsed_ns(begin, end));
  return buffer;
}

}  // namespace baton::pipeline
