// What a line of an access log says of a request, and why a line is left out.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "harness/trace/log_time.hpp"

namespace baton::trace {

enum class Method : std::uint8_t { get, head, post, put, patch, remove, options, other };
inline constexpr std::array<std::string_view, 8> kMethodNames = {"GET",   "HEAD",   "POST",    "PUT",
                                                                 "PATCH", "DELETE", "OPTIONS", "other"};

struct LogLine {
  LogTime time;
  std::string_view client;  // into the line
  Method method = Method::get;
  std::uint32_t head_bytes = 0;  // of the request, see request_head_bytes
  std::uint64_t body_bytes = 0;  // of the response; "-" is 0
};

// Why a line is left out.
enum class Unread : std::uint8_t {
  no_client,
  no_time,
  no_request,
  not_http,
  no_status,
  no_size,
  no_json,
  too_long
};
inline constexpr std::array<std::string_view, 8> kUnreadWords = {
    "has no client",
    "has no time that can be read",
    "has no request",
    "has a request that is not HTTP",
    "has no status of three digits",
    "has no size",
    "is no JSON object",
    "is longer than 64 KiB",
};

// What a log does not say, it is taken to be: a request line as logged, a Host field of 32 bytes, Referer and
// User-Agent as logged, an empty line.
std::uint32_t request_head_bytes(std::size_t request_line, std::size_t referer, std::size_t agent) noexcept;

// A method and a target, with a version or without (HTTP/0.9).
bool is_http(std::string_view request_line) noexcept;
bool is_method(std::string_view name) noexcept;
Method method_of(std::string_view name) noexcept;

// What is between the quote at the front of `rest` and the next one that no backslash escapes; `rest` goes on
// behind it. False, and `rest` as it was, if there is no such thing.
bool take_quoted(std::string_view& rest, std::string_view& content) noexcept;

// "-" is how logs write nothing.
inline std::string_view or_nothing(std::string_view field) noexcept {
  return field == "-" ? std::string_view{} : field;
}

}  // namespace baton::trace
