// Makes the requests of the load client.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "harness/load/exchange.hpp"
#include "harness/load/load_options.hpp"

namespace baton::load {

// One for each thread. `options` outlive it.
class RequestSource {
 public:
  RequestSource(const LoadOptions& options, std::uint64_t seed);

  // Fills `exchange` (whose memory is reused) with the request number `number` of connection `connection`. No
  // other connection of the run asks for a body that begins with the same bytes (up to 511 connections), nor
  // does this one in its 7 requests before: an answer that went astray is seen.
  // `scheduled`: says its sizes.
  void make(Exchange& exchange, std::uint64_t connection, std::uint64_t number,
            const ScheduledRequest* scheduled = nullptr);

 private:
  struct Prepared {
    LoadTarget target;
    std::string start;  // "GET /bytes/1024?chunked=1&seed="
  };
  const Prepared& draw();
  [[nodiscard]] Prepared prepare(const LoadTarget& target, Fault fault = Fault::none) const;
  void set_hang_up(Exchange& exchange);

  const LoadOptions& options_;
  std::vector<Prepared> targets_;
  std::string version_and_fields_;  // " HTTP/1.1\r\nHost: ...\r\n..." without the empty line
  std::discrete_distribution<std::size_t> weights_;
  std::mt19937_64 random_;
};

}  // namespace baton::load
