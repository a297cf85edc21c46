// What a worker counts. Each worker writes its own; they are read while it runs, so every word is a relaxed
// atomic with one writer (a plain load and store), and a sum over workers is exact only when they are quiet.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace baton::pipeline {

class Count {
 public:
  void add(std::uint64_t n = 1) noexcept {
    // relaxed: a count orders nothing; one writer, so load and store are enough
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Sums over workers.
struct Totals {
  std::uint64_t requests = 0;        // whose head came whole, whatever became of them
  std::uint64_t body_bytes = 0;      // sent to clients
  std::uint64_t error_answers = 0;   // of our own (4xx, 5xx)
  std::uint64_t broken_answers = 0;  // cut off in the middle because the origin failed
  std::uint64_t client_hangups = 0;  // noticed in the middle of a request
  std::uint64_t exhausted = 0;       // no buffer: 503
  std::uint64_t dispatches = 0;      // sessions that a client worker took up
  std::uint64_t migrations = 0;      // of those, that another worker had served before, or none
  std::uint64_t handoffs_offered = 0;
  std::uint64_t handoffs_taken = 0;    // a fetch worker had it
  std::uint64_t handoffs_refused = 0;  // none was free, or give() could not: the client worker fetched itself
  std::uint64_t handoffs_returned = 0;  // of those taken: it could not hold the read-ahead, which came back
  std::uint64_t hops = 0;               // handoffs between fetch workers
  std::uint64_t retries = 0;            // requests sent again because a kept backend connection was dead
  std::uint64_t connects = 0;           // backend connections opened
  std::uint64_t replaced = 0;           // workers whose thread ended, and another took their place
  std::uint64_t ties = 0;               // housekeepings that had to wait for another thread
  std::uint64_t tie_ns = 0;
};

struct WorkerCounters {
  Count requests, body_bytes, error_answers, broken_answers, client_hangups, exhausted;
  Count dispatches, migrations;
  Count handoffs_offered, handoffs_taken, handoffs_refused, handoffs_returned, hops, retries, connects,
      replaced, ties, tie_ns;
};

// The one list of what is counted: whatever sums, subtracts or writes all of it goes through here.
struct TotalsField {
  std::string_view name;
  std::uint64_t Totals::*member;
  Count WorkerCounters::*count;
};
inline constexpr std::array kTotalsFields = {
    TotalsField{"requests", &Totals::requests, &WorkerCounters::requests},
    TotalsField{"body_bytes", &Totals::body_bytes, &WorkerCounters::body_bytes},
    TotalsField{"error_answers", &Totals::error_answers, &WorkerCounters::error_answers},
    TotalsField{"broken_answers", &Totals::broken_answers, &WorkerCounters::broken_answers},
    TotalsField{"client_hangups", &Totals::client_hangups, &WorkerCounters::client_hangups},
    TotalsField{"exhausted", &Totals::exhausted, &WorkerCounters::exhausted},
    TotalsField{"dispatches", &Totals::dispatches, &WorkerCounters::dispatches},
    TotalsField{"migrations", &Totals::migrations, &WorkerCounters::migrations},
    TotalsField{"handoffs_offered", &Totals::handoffs_offered, &WorkerCounters::handoffs_offered},
    TotalsField{"handoffs_taken", &Totals::handoffs_taken, &WorkerCounters::handoffs_taken},
    TotalsField{"handoffs_refused", &Totals::handoffs_refused, &WorkerCounters::handoffs_refused},
    TotalsField{"handoffs_returned", &Totals::handoffs_returned, &WorkerCounters::handoffs_returned},
    TotalsField{"hops", &Totals::hops, &WorkerCounters::hops},
    TotalsField{"retries", &Totals::retries, &WorkerCounters::retries},
    TotalsField{"connects", &Totals::connects, &WorkerCounters::connects},
    TotalsField{"replaced", &Totals::replaced, &WorkerCounters::replaced},
    TotalsField{"ties", &Totals::ties, &WorkerCounters::ties},
    TotalsField{"tie_ns", &Totals::tie_ns, &WorkerCounters::tie_ns}};

inline void add_to(Totals& totals, const WorkerCounters& counters) noexcept {
  for (const TotalsField& field : kTotalsFields) {
    totals.*field.member += (counters.*field.count).get();
  }
}

}  // namespace baton::pipeline
