// acquire, and how long it took where that was asked for.
#pragma once

#include "harness/measure/clock.hpp"
#include "harness/measure/histogram.hpp"
#include "strategies/conn_buffer.hpp"

namespace baton::pipeline {

// `times` is nullptr where nobody asked.
template <class Worker, class Place>
ConnBuffer* acquire(Worker& worker, Place& place, Histogram* times) noexcept {
  if (times == nullptr) [[likely]] {
    return worker.acquire(place);
  }
  const TickClock& clock = TickClock::shared();
  const std::uint64_t begin = clock.ticks();
  ConnBuffer* const buffer = worker.acquire(place);
  times->record(clock.elapsed_ns(begin, clock.ticks()));
  return buffer;
}

}  // namespace baton::pipeline
