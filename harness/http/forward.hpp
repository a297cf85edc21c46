// Heads as an intermediary sends them on (RFC 9110 section 7.6), and answers of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/http/head.hpp"

namespace baton::http {

// Bytes being put together in memory that somebody else owns. What does not fit sets overflowed(), sticky;
// nothing is written then.
class HeadWriter {
 public:
  HeadWriter(char* memory, std::size_t bytes) noexcept
      : begin_(memory), next_(memory), end_(memory + bytes) {}
  void add(std::string_view bytes) noexcept {
    if (overflowed_ || bytes.size() > static_cast<std::size_t>(end_ - next_)) {
      overflowed_ = true;
      return;
    }
    next_ += bytes.copy(next_, bytes.size());
  }
  void add_number(std::uint64_t number) noexcept;
  [[nodiscard]] bool overflowed() const noexcept { return overflowed_; }
  [[nodiscard]] std::string_view written() const noexcept {
    return {begin_, static_cast<std::size_t>(next_ - begin_)};
  }

 private:
  char* begin_;
  char* next_;
  char* end_;
  bool overflowed_ = false;
};

// The request as it goes to the origin: HTTP/1.1, hop-by-hop fields and those named in Connection removed,
// Expect removed (the intermediary answers it), framing made anew (Content-Length kept, or Transfer-Encoding:
// chunked), and absolute-form targets turned into origin-form with their Host, Via added. `authority` is used
// as Host where the request (HTTP/1.0) has none.
void write_forwarded_request(HeadWriter& out, const RequestHead& request,
                             std::string_view authority) noexcept;

// How the answer to the client is framed and whether the client connection lasts.
struct ClientFraming {
  Framing framing = Framing::none;   // until_close towards HTTP/1.0 clients whose length is not known
  bool send_content_length = false;  // also with Framing::none (HEAD, 304)
  bool keep_alive = true;
};
ClientFraming client_framing(const RequestHead& request, const ResponseHead& response,
                             Framing origin_framing) noexcept;

// The answer as it goes to the client: HTTP/1.1 status line, hop-by-hop fields removed, framing as given,
// Connection only where it is needed (close; keep-alive towards HTTP/1.0).
void write_forwarded_response(HeadWriter& out, const RequestHead& request, const ResponseHead& response,
                              const ClientFraming& framing) noexcept;

// An answer of our own: a whole response with a one-line text body ("400 Bad Request: <detail>\n"). HEAD gets
// no body.
void write_error_response(HeadWriter& out, int status, std::string_view detail, bool keep_alive,
                          bool head_request) noexcept;

std::string_view status_reason(int status) noexcept;  // "Bad Request"; "Unknown" for numbers without one

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace baton::http
