// What the load client does: everything that decides a run.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/load/faults.hpp"
#include "harness/load/schedule.hpp"
#include "harness/net/address.hpp"

namespace baton::load {

enum class LoadLoop : std::uint8_t {
  closed,  // a connection's next request follows its last answer
  open,    // requests come at a rate, whether or not earlier ones are answered
};
enum class ArrivalKind : std::uint8_t { constant, poisson };
enum class LoadMethod : std::uint8_t {
  get,
  head,
  post,  // to /echo, with the body that is to come back
};

// One thing to ask for. Targets are drawn at random by weight.
struct LoadTarget {
  std::uint64_t bytes = 1024;
  double weight = 1;
  std::string query;  // keys of the origin (origin_target.hpp), without seed: "chunked=1&piece=1000"
  // Asks another server for that, with the number of bytes in the place of "{bytes}"; the answer's framing is
  // checked then, its bytes are not.
  std::string path;
  std::uint32_t head_bytes = 0;  // the request's head is padded to that; 0: LoadOptions::request_head_bytes
  bool head_only = false;        // HEAD, whatever LoadOptions::method says
};

struct LoadHangUp {
  double fraction = 0;            // of the requests
  std::uint64_t after_bytes = 0;  // of the answer's body; 0: as soon as its head is there
  bool reset = false;             // with RST instead of FIN
  bool anywhere = false;          // instead of there: in the request, before the answer, anywhere in the body
};

struct LoadOptions {
  net::Address address;
  std::uint32_t threads = 1;
  std::uint32_t connections = 64;
  std::uint32_t pipelining = 1;        // requests in flight on a connection
  std::uint32_t idle_connections = 0;  // further ones: a request each at the start, then they stay
  LoadLoop loop = LoadLoop::closed;
  double rate = 0;  // requests per second of all connections together; open loop only
  ArrivalKind arrivals = ArrivalKind::constant;
  // Instead of rate, arrivals and the targets' sizes; open loop. The first target says query and path.
  std::shared_ptr<const Schedule> schedule;
  // Tables (quantiles.hpp). Between an answer and the connection's next request; closed loop only; empty:
  // none.
  std::vector<std::uint64_t> think_us;
  // Then the client closes the connection and opens another; empty: it stays. Not with pipelining.
  std::vector<std::uint64_t> requests_per_connection;
  std::uint64_t cut_bytes = 0;  // most bytes of requests in one write; 0: as many as the kernel takes
  // The first of the connections read slowly: at most so many bytes, then nothing for the pause.
  std::uint32_t slow_connections = 0;
  std::uint64_t slow_bytes = 4096;
  std::chrono::nanoseconds slow_pause = std::chrono::milliseconds(10);
  std::chrono::nanoseconds ramp = std::chrono::milliseconds(500);
  std::chrono::nanoseconds measure = std::chrono::seconds(5);
  std::uint64_t request_limit =
      0;  // ends the run after that many requests, idle connections' not counted; 0: none
  std::chrono::nanoseconds timeout = std::chrono::seconds(10);  // of one request, and of connecting
  std::chrono::nanoseconds drain = std::chrono::seconds(5);     // what is under way at the end has that long
  std::vector<LoadTarget> targets = {LoadTarget{}};
  LoadMethod method = LoadMethod::get;
  bool http10 = false;
  bool keep_alive = true;                // false: a connection for each request
  std::uint32_t request_head_bytes = 0;  // heads are padded to that; 0: as short as they are
  std::vector<std::string> headers;      // "Name: value", added to every request
  LoadHangUp hang_up;
  FaultPlan faults;  // needs our origin
  std::uint64_t seed = 1;
};

// Throws std::invalid_argument with a sentence: what was given, what is valid.
void validate(const LoadOptions& options);

}  // namespace baton::load
