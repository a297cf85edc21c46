// What is in a trace (`baton trace describe`).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "harness/measure/histogram.hpp"
#include "harness/trace/trace_file.hpp"

namespace baton::trace {

struct Description {
  std::uint64_t requests = 0;
  std::uint64_t clients = 0;
  double seconds = 0;          // from the first request to the end of the last one's second
  std::uint64_t busiest = 0;   // requests in a second
  std::uint64_t sessions = 0;  // of a client whose requests are never kSessionGapS apart
  std::array<std::uint64_t, kMethodNames.size()> methods{};
  Histogram head_bytes, body_bytes;
  Histogram in_a_second;   // requests, of seconds with any
  Histogram in_a_session;  // requests
  Histogram think_us;      // between two requests of a session
};

inline constexpr std::uint64_t kSessionGapS = 60;

// In one pass. Throws what TraceReader throws.
Description describe(TraceReader& trace);
// For people.
std::string text_of(const Description& told);

}  // namespace baton::trace
