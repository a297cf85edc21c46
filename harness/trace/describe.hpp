// What is in a trace (`baton trace describe`).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "harness/measure/histogram.hpp"
#include "harness/trace/sessions.hpp"
#include "harness/trace/time_line.hpp"
#include "harness/trace/trace_file.hpp"

namespace baton::trace {

struct Description {
  std::uint64_t requests = 0;
  std::uint64_t clients = 0;
  double seconds = 0;         // from the first request to the end of the last one's second
  std::uint64_t busiest = 0;  // requests in a second
  std::uint64_t sessions = 0;
  std::array<std::uint64_t, kMethodNames.size()> methods{};
  Histogram head_bytes, body_bytes;
  Histogram in_a_second;   // requests, of seconds with any
  Histogram in_a_session;  // requests
  Histogram think_us;      // between two requests of a session
  TimeLine arrivals;       // requests
  TimeLine under_way;      // microseconds of sessions, from their first request to their last
};

// In one pass. Throws what TraceReader throws.
Description describe(TraceReader& trace);
// For people, with drawings of arrivals, sessions and sizes.
std::string text_of(const Description& told);
nlohmann::json to_json(const Description& told);

}  // namespace baton::trace
