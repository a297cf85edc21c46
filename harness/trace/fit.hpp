// A trace's shape without the trace (`baton trace fit`): tables of arrivals and sizes for a workload file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/trace/trace_file.hpp"

namespace baton::trace {

inline constexpr std::size_t kTableSteps = 200;
inline constexpr std::size_t kMostKept = 1'000'000;  // of longer traces a random sample of requests is sorted

// As harness/load/quantiles.hpp reads it: kTableSteps + 1 values at equal steps of probability, with straight
// lines between them. The last is not the greatest value but the one with which the table's mean is the
// values', as far as it lies between the one before and the greatest: what is rare and large would otherwise
// count for far more than it is.
std::vector<std::uint64_t> table_of(std::vector<std::uint64_t> values);

struct Fit {
  std::uint64_t requests = 0, clients = 0, sessions = 0;
  double seconds = 0;
  std::vector<std::uint64_t> body_bytes, head_bytes, gaps_us;  // tables
  std::vector<std::uint64_t> think_us, requests_of_a_session;  // tables; think_us may be empty
  double head_share = 0;                                       // of HEAD among the requests
};

// In one pass. Throws what TraceReader throws, and std::runtime_error if there are fewer than two requests.
Fit fit(TraceReader& trace);

// The workload file: open loop with the gaps, or closed loop with think times and sessions. `name` is the
// file's stem.
std::string workload_of(const Fit& fit, const std::string& name, bool closed);

}  // namespace baton::trace
