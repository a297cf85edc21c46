// What a run of the load client saw.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/load/served_shares.hpp"
#include "harness/measure/histogram.hpp"

namespace baton::load {

// Every request that was issued ends in exactly one of the others:
// issued = answered + wrong + failed + hung_up + hit.
struct RequestTally {
  std::uint64_t issued = 0;
  std::uint64_t answered = 0;  // whole and right to the byte
  std::uint64_t wrong = 0;     // whole, but not what was asked for
  std::uint64_t failed = 0;    // another status, broken off, malformed, timed out
  std::uint64_t hung_up = 0;   // given up on purpose
  std::uint64_t hit = 0;       // met a fault that was asked for, whatever came of it

  [[nodiscard]] bool adds_up() const noexcept { return issued == answered + wrong + failed + hung_up + hit; }
  void merge(const RequestTally& other) noexcept;
};

using Reasons = std::map<std::string, std::uint64_t, std::less<>>;

struct LoadResult {
  RequestTally total;     // of the whole run, ramp and drain included, idle connections' first requests not
  RequestTally measured;  // of the requests that were due in the measured time
  Reasons by_reason;      // of total.wrong and total.failed

  // The measured time: answers that ended in it, whenever they were due.
  double measured_s = 0;
  std::uint64_t completed = 0;   // answered
  std::uint64_t body_bytes = 0;  // of those
  ServedShares served;           // those of each connection

  // Nanoseconds, of measured.answered: from when the request was due (closed loop: could be sent), and from
  // when it was sent.
  Histogram intended;
  Histogram service;
  // From the end of a request that met a fault to the next right answer on its connection.
  Histogram recovery;

  // Open loop.
  Histogram late;  // nanoseconds from when a request was due to when it was sent, of those due meanwhile
  bool open_loop = false;
  std::uint64_t arrivals = 0;        // due in the measured time
  std::uint64_t backlog_at_end = 0;  // of those, not yet sent when it ended
  std::uint64_t backlog_max = 0;     // due and not sent, at worst, by thread
  std::uint64_t never_sent = 0;      // of those due in the measured time, not even in the drain

  std::uint64_t connections_opened = 0;
  Reasons connection_errors;  // what went wrong with no request under way: refused, closed while idle, ...
  std::uint64_t idle_open_at_end = 0;

  // Of the busiest thread, in the measured time: near 1 means that the client was the bottleneck.
  double client_cpu_fraction = 0;

  // Open loop: less than 99 % of what was due was answered, or the backlog grew. 8 requests of grace, for the
  // edges of the measured time.
  [[nodiscard]] bool saturated() const noexcept;
  [[nodiscard]] double requests_per_s() const noexcept;

  void merge(const LoadResult& other);  // of another thread of the same run
};

// The result as one object; "saturated" is null in a closed loop.
nlohmann::json to_json(const LoadResult& result);
nlohmann::json to_json(const ServedShares& served);  // null: of nobody

}  // namespace baton::load
