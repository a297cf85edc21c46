// One line of an access log, in Common or Combined Log Format:
//
//   host ident user [17/May/2015:10:05:03 +0000] "GET /path HTTP/1.1" 200 203023 "referer" "agent"
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace baton::trace {

enum class Method : std::uint8_t { get, head, post, put, patch, remove, options, other };
inline constexpr std::array<std::string_view, 8> kMethodNames = {"GET",   "HEAD",   "POST",    "PUT",
                                                                 "PATCH", "DELETE", "OPTIONS", "other"};

struct LogLine {
  std::int64_t second = 0;  // since 1970, in UTC
  std::string_view client;  // into the line
  Method method = Method::get;
  std::uint32_t head_bytes = 0;  // of the request, see request_head_bytes
  std::uint64_t body_bytes = 0;  // of the response; "-" is 0
};

// Why a line is left out.
enum class Unread : std::uint8_t { no_client, no_time, no_request, not_http, no_status, no_size, too_long };
inline constexpr std::array<std::string_view, 7> kUnreadWords = {
    "has no client before its time", "has no time such as [17/May/2015:10:05:03 +0000]",
    "has no request in quotes",      "has a request that is not HTTP",
    "has no status of three digits", "has no size",
    "is longer than 64 KiB",
};

// What a log does not say, it is taken to be: a request line as logged, a Host field of 32 bytes, Referer and
// User-Agent as logged, an empty line.
std::uint32_t request_head_bytes(std::size_t request_line, std::size_t referer, std::size_t agent) noexcept;

// Reads lines one after the other; remembers the time of the last, since most lines repeat it.
class LineReader {
 public:
  // True: `line` says what is in `text`, which it points into. False: why() tells what is wrong.
  [[nodiscard]] bool read(std::string_view text, LogLine& line) noexcept;
  [[nodiscard]] Unread why() const noexcept { return why_; }

 private:
  bool refuse(Unread why) noexcept {
    why_ = why;
    return false;
  }
  bool read_time(std::string_view stamp, std::int64_t& second) noexcept;

  static constexpr std::size_t kStampBytes = 26;
  std::array<char, kStampBytes> last_stamp_{};
  std::int64_t last_second_ = 0;
  Unread why_ = Unread::no_client;
};

}  // namespace baton::trace
