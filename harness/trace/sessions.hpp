// Sessions in a trace: a client's requests that are never kSessionGapS apart.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/trace/trace_file.hpp"

namespace baton::trace {

inline constexpr std::uint64_t kSessionGapS = 60;

class Sessions {
 public:
  struct Step {
    std::optional<std::uint64_t> think_us;  // since the request before in the session
    std::uint64_t ended = 0;  // requests of the client's session that this one ends; 0: it ends none
  };
  // In the order of arrival.
  Step add(const Request& request) {
    if (request.client >= clients_.size()) clients_.resize(request.client + std::size_t{1});
    Client& client = clients_[request.client];
    Step step;
    if (client.requests == 0 || request.arrival_us - client.last_us > kSessionGapS * kMicroseconds) {
      known_ += client.requests == 0 ? 1 : 0;
      ++sessions_;
      step.ended = std::exchange(client.requests, 0);
    } else {
      step.think_us = request.arrival_us - client.last_us;
    }
    client.last_us = request.arrival_us;
    ++client.requests;
    return step;
  }
  // Calls `with` for the length of each session that has not ended.
  template <class F>
  void end(F with) const {
    for (const Client& client : clients_) {
      if (client.requests != 0) with(client.requests);
    }
  }
  [[nodiscard]] std::uint64_t clients() const noexcept { return known_; }
  [[nodiscard]] std::uint64_t sessions() const noexcept { return sessions_; }

 private:
  static constexpr std::uint64_t kMicroseconds = 1'000'000;  // in a second
  struct Client {
    std::uint64_t last_us = 0;
    std::uint64_t requests = 0;  // of its session; 0: none came yet
  };
  std::vector<Client> clients_;
  std::uint64_t known_ = 0, sessions_ = 0;
};

}  // namespace baton::trace
