// What a user may set of the pipeline. The same for every strategy.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "harness/net/wait.hpp"
#include "strategies/parameters.hpp"

namespace baton::pipeline {

// Which responses are handed to a fetch worker.
struct HandoffSettings {
  double ratio = 0;  // of the responses with a body of at least min_bytes; spread evenly, not by chance
  std::uint64_t min_bytes = 0;  // bodies of unknown length always count as large enough
  std::uint32_t hops = 1;       // fetch workers a response passes through; more than 1: they hand on
};

// What a fetch does when its client hangs up.
enum class OnHangup : std::uint8_t {
  interrupt,  // every wait of the fetch ends at once
  next_read,  // the fetch notices when its current read returns, as with blocking reads that nobody can
              // interrupt
};

struct Settings {
  Parameters buffers;  // workers and pools in it are set from the fields below
  std::uint32_t client_workers = 2;
  std::uint32_t fetch_workers = 2;
  // A worker's thread ends after so many requests or fetches, and another takes its place; 0 = never.
  std::uint64_t worker_requests = 0;
  std::uint32_t pools = 1;  // thread pools; workers and sessions are dealt out in turn
  net::Waiting waiting = net::Waiting::block;
  HandoffSettings handoff;
  OnHangup on_hangup = OnHangup::interrupt;
  std::size_t transit_bytes = 512 * 1024;  // room of the queue between fetch worker and client worker
  // A fetch worker reads straight into the transit queue while at least that much of a body of known length
  // is to come, by default what would fill a conn buffer, as buffered readers do with large reads. It keeps
  // the conn buffer until the end. 0 = never.
  std::uint64_t direct_read_bytes = 16 * 1024;
  std::uint32_t dispatch_queue =
      4096;                        // most ready sessions that wait for a client worker, a pool; more get 503
  std::uint32_t max_sessions = 0;  // most client connections; 0 = no limit of ours
  std::chrono::milliseconds linger{
      50};  // a worker waits that long for the next request before the session idles
  std::chrono::milliseconds client_timeout{
      60'000};  // a client that sends or takes nothing in the middle of a request
  std::chrono::milliseconds head_timeout{60'000};  // from a request's first byte to the end of its head: 408
  std::chrono::milliseconds idle_timeout{75'000};  // a quiet session is closed
  std::chrono::milliseconds connect_timeout{5'000};   // 504
  std::chrono::milliseconds backend_timeout{60'000};  // an origin that sends or takes nothing: 504
  std::chrono::milliseconds drain_timeout{10'000};    // then what is still being served is cut off
  std::chrono::milliseconds hangup_check{
      10};  // how often a worker that waits for an origin looks at its client
};

}  // namespace baton::pipeline
