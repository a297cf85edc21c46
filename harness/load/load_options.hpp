// What the load client does: everything that decides a run.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

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
  std::string path;   // asks another server for that; the answer's framing is checked then, its bytes are not
};

struct LoadHangUp {
  double fraction = 0;            // of the requests
  std::uint64_t after_bytes = 0;  // of the answer's body; 0: as soon as its head is there
  bool reset = false;             // with RST instead of FIN
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
  std::chrono::nanoseconds think{0};  // between an answer and the connection's next request; closed loop only
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
  std::uint64_t seed = 1;
};

// Throws std::invalid_argument with a sentence: what was given, what is valid.
void validate(const LoadOptions& options);

}  // namespace baton::load
