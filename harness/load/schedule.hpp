// Requests whose times, sizes and heads are known before the run: a trace's, or drawn from tables.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "harness/measure/clock.hpp"

namespace baton::load {

struct ScheduledRequest {
  std::uint64_t due_ns = 0;  // since the load began
  std::uint64_t body_bytes = 0;
  std::uint32_t head_bytes = 0;  // of the request, padded to that
  bool head_only = false;        // HEAD: the answer has no body
};
using Schedule = std::vector<ScheduledRequest>;  // in the order of due_ns

// Hands them to the clients of in-memory connections: whichever is free takes the next. Any thread.
class ScheduleCursor {
 public:
  explicit ScheduleCursor(std::shared_ptr<const Schedule> schedule) noexcept
      : schedule_(std::move(schedule)) {}

  struct Taken {
    const ScheduledRequest* request = nullptr;  // none: the schedule is through
    std::uint64_t due = 0;                      // ticks
  };
  // The load begins with the first.
  Taken take(std::uint64_t now) noexcept {
    std::uint64_t none = 0;
    start_.compare_exchange_strong(none, now, std::memory_order_relaxed);  // a stamp orders nothing
    const std::size_t at = next_.fetch_add(1, std::memory_order_relaxed);  // a ticket
    if (at >= schedule_->size()) return {};
    const ScheduledRequest& request = (*schedule_)[at];
    return {.request = &request,
            .due = start_.load(std::memory_order_relaxed) +  // likewise
                   TickClock::shared().ns_to_ticks(request.due_ns)};
  }

 private:
  std::shared_ptr<const Schedule> schedule_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> start_{0};
};

}  // namespace baton::load
