// What clients and origin do on in-memory connections, and the clock and sums they share. Built before the
// run, constant in it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "harness/load/faults.hpp"
#include "harness/load/run_gate.hpp"
#include "harness/load/schedule.hpp"
#include "harness/measure/cache_line.hpp"
#include "harness/measure/clock.hpp"
#include "harness/measure/histogram.hpp"

namespace baton::load {

struct MemoryScript {
  std::uint32_t connections = 1;
  std::uint32_t pipelining = 1;
  bool open_loop = false;
  bool poisson = false;
  double rate = 0;  // requests per second, all connections together
  std::uint32_t request_head_bytes = 300;
  std::vector<std::uint64_t> body_bytes = {1024};  // asked for in turn
  std::vector<ScheduledRequest> kinds = {};        // asked for in turn, instead of body_bytes; due_ns is 0
  std::shared_ptr<const Schedule> schedule = {};   // instead of rate, body_bytes and kinds
  // Tables (quantiles.hpp); empty: no pause, and connections that stay.
  std::vector<std::uint64_t> think_us = {};  // between an answer and the next request of a closed loop
  std::vector<std::uint64_t> requests_per_connection = {};
  std::uint64_t cut_bytes = 0;  // most bytes of requests in one read; 0 = what fits
  // The first of the connections read their answers slowly: so many bytes, then a pause.
  std::uint32_t slow_connections = 0;
  std::uint64_t slow_bytes = 0;
  std::chrono::milliseconds slow_pause{0};
  bool chunked = false;
  std::uint64_t piece_bytes = 0;       // most body bytes in one read; 0 = what fits
  std::uint64_t read_ahead_bytes = 0;  // most body bytes in the read that brings the head; 0 = what fits
  std::chrono::milliseconds pause{0};
  std::uint64_t pause_at = 0;  // after that many body bytes
  double hangup_fraction = 0;
  std::uint64_t hangup_after = 0;  // body bytes
  bool hangup_anywhere = false;  // instead of there: in the request, before the answer, anywhere in the body
  FaultPlan faults = {};
  std::uint64_t seed = 1;
};

// The phases of a run, set by whoever conducts it and read by every connection. Stamps are TickClock's.
class RunClock {
 public:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  // May be called again after end_measure: a sliced trial measures in turns.
  void begin_measure(std::uint64_t now) noexcept {
    begin_.store(now, std::memory_order_relaxed);   // a stamp orders nothing
    end_.store(kNever, std::memory_order_relaxed);  // likewise
  }
  void end_measure(std::uint64_t now) noexcept { end_.store(now, std::memory_order_relaxed); }  // likewise
  // Counts what began and ended in the measured phase.
  [[nodiscard]] bool measured(std::uint64_t start, std::uint64_t now) const noexcept {
    return start >= begin_.load(std::memory_order_relaxed) &&
           now <= end_.load(std::memory_order_relaxed);  // likewise
  }
  [[nodiscard]] bool measuring(std::uint64_t now) const noexcept { return measured(now, now); }

  RunGate gate;

 private:
  std::atomic<std::uint64_t> begin_{kNever};
  std::atomic<std::uint64_t> end_{kNever};
};

// What one client worker's thread saw of its clients. Merged after the join.
struct alignas(kCacheLineBytes) MemoryLocal {
  Histogram intended;            // nanoseconds from when the request was due
  Histogram service;             // nanoseconds from when the client could send it
  Histogram late;                // nanoseconds from when the request was due to when it was sent (open loop)
  std::uint64_t completed = 0;   // in the measured phase
  std::uint64_t body_bytes = 0;  // of those
  std::uint64_t completed_ever = 0;
  std::uint64_t wrong = 0;    // not the answer that was asked for, ever
  std::uint64_t failed = 0;   // an error answer, or a connection closed on an unanswered request, ever
  std::uint64_t hung_up = 0;  // by the script, ever
  std::uint64_t hit = 0;      // requests that met a fault, whatever came of them, ever
  Histogram recovery;         // nanoseconds from the end of such a request to the client's next right answer
};

}  // namespace baton::load
