// A request under way and the answer it must get.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/load/pattern.hpp"

namespace baton::load {

struct Exchange {
  // The request: its head, and for POST a body that is `answer_body`.
  std::string head;
  std::uint64_t request_body_bytes = 0;
  std::uint64_t sent = 0;  // bytes of head and body that the kernel has taken

  // The answer.
  BodyId answer_body;
  bool head_request = false;
  bool compare = true;                      // false: a foreign server's, only its framing is checked
  std::optional<std::uint64_t> hang_up_at;  // the client leaves when that many body bytes are there
  bool leave_when_sent = false;             // the client leaves before any answer
  bool meets_fault = false;                 // whatever comes of it is as it should be

  // Nanoseconds of the monotonic clock: when it was due, and when it began to be sent.
  std::uint64_t due_ns = 0;
  std::uint64_t begun_ns = 0;

  [[nodiscard]] std::uint64_t request_bytes() const noexcept { return head.size() + request_body_bytes; }
};

}  // namespace baton::load
