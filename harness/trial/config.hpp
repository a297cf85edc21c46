// Everything that decides what one trial does: the effective configuration, as it stands in every record.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/pipeline/settings.hpp"

namespace baton::trial {

enum class TransportKind : std::uint8_t { memory, tcp };
enum class Loop : std::uint8_t { closed, open };
enum class Pinning : std::uint8_t { none, compact, spread };  // placement.hpp
enum class Arrivals : std::uint8_t { constant, poisson };

// What the clients do.
struct LoadConfig {
  std::uint32_t connections = 4;
  std::uint32_t pipelining = 1;        // requests sent at once on a connection, before any answer
  std::uint32_t idle_connections = 0;  // further connections: one request each at the start, then they stay
  Loop loop = Loop::closed;
  double rate = 0;  // requests per second of all connections together; open loop only
  Arrivals arrivals = Arrivals::constant;
  std::uint32_t request_head_bytes = 300;  // padded to that
  // Tables (harness/load/quantiles.hpp); one value is that value each time, {0} means: none.
  std::vector<std::uint64_t> head_quantiles = {0};           // bytes of requests' heads
  std::vector<std::uint64_t> think_us = {0};                 // between an answer and the next request
  std::vector<std::uint64_t> requests_per_connection = {0};  // then the client closes and comes back
  std::vector<std::uint64_t> gaps_us = {0};                  // between arrivals, instead of a rate; open loop
  double head_share = 0;             // of the requests: HEAD, whose answers have no body
  std::string trace;                 // a file of `baton trace import`: arrivals and sizes; open loop
  double pace = 1;                   // how many times as fast as trace or gaps_us say
  double burst_factor = 1;           // the rate is so many times as high...
  double burst_at_s = 0;             // ...from then on, since the measured phase began...
  double burst_s = 0;                // ...for so long
  std::uint64_t cut_bytes = 0;       // most bytes of requests that are sent at once; 0 = as many as fit
  double slow_share = 0;             // of the connections: read their answers slowly...
  std::uint64_t slow_bytes = 4096;   // ...so many bytes at a time...
  std::uint32_t slow_pause_ms = 10;  // ...and then not for so long
};

// What the origin answers. Connections ask for the sizes in turn, each starting at another one.
struct BodyConfig {
  std::vector<std::uint64_t> bytes = {1024};
  std::vector<std::uint64_t> quantiles = {0};  // a table, instead of bytes; {0}: none
  bool chunked = false;
  std::uint64_t piece_bytes = 0;       // most bytes the origin sends at once; 0 = as many as fit
  std::uint64_t read_ahead_bytes = 0;  // body bytes sent together with the head; 0 = as many as fit
  std::uint32_t pause_ms = 0;          // the origin pauses once in a body...
  std::uint64_t pause_at = 0;          // ...after that many bytes
};

struct HangupConfig {
  double fraction = 0;            // of the requests: the client closes in the middle of the body
  std::uint64_t after_bytes = 0;  // of the body
  bool anywhere = false;          // instead of there: in the request, before the answer, anywhere in the body
};

// Shares of the requests that meet a fault (harness/load/faults.hpp), in any workload, from the seed.
struct FaultConfig {
  double stall = 0, truncate = 0, reset = 0, lie = 0;
  std::uint64_t at_bytes = 0;
  std::uint32_t stall_ms = 50;
  double refuse = 0;                // of the connections to the origin
  double allocation = 0;            // of the strategy's allocations: fail; in verifying trials only
  double preempt_per_s = 0;         // workers put to sleep in the middle of an acquire (preemption.hpp)...
  std::uint32_t preempt_us = 2000;  // ...for about so long
};

struct TrialConfig {
  std::string strategy;
  std::string workload;
  std::string allocator = "glibc";  // which the process is started with: allocator_choice.hpp
  TransportKind transport = TransportKind::memory;
  pipeline::Settings pipeline;  // handoff, on_hangup, waiting, workers, pools and buffers among it
  LoadConfig load;
  BodyConfig body;
  HangupConfig hangup;
  FaultConfig faults;
  std::vector<std::uint64_t> resize_bytes = {
      0};  // sizes of buffers that follow each other in the measured phase
  bool time_acquires = false;
  std::uint64_t seed = 1;
  Pinning pinning = Pinning::none;
  bool counters = false;  // kernel counters are read; they cost something at every context switch
  double calm_s = 0;      // after the load: how long memory is watched
  double ramp_s = 0.2;    // before anything is recorded
  double measure_s = 1.0;
  // Strategies alternate in one process in slices of that length; 0 = they do not.
  std::uint32_t slice_ms = 0;
  // Then their pipelines are made afresh after so many turns of each (a seating); 0 = never.
  std::uint32_t seating_turns = 5;
};

}  // namespace baton::trial
