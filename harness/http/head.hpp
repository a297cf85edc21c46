// Message heads of HTTP/1.1 (RFC 9112), parsed in place by llhttp.
//
// A parser owns no bytes: the views in a head point into the memory that was fed, which must stay where it is
// until the head is no longer needed. Three outcomes: incomplete, complete, invalid. Not thread-safe;
// reusable after reset().
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <llhttp.h>

namespace baton::http {

inline constexpr std::size_t kMaxHeaders = 128;  // more are a head that is too large
inline constexpr const char* kTooManyHeaders = "the head has more than 128 header fields";
static_assert(kMaxHeaders == 128, "kTooManyHeaders says the number");

enum class Parse : std::uint8_t {
  incomplete,  // feed more bytes
  complete,    // the head is whole; what was not consumed is read-ahead
  invalid,     // malformed: 400 to a client, 502 for an origin
  too_large,   // more than kMaxHeaders: 431 to a client, 502 for an origin
};

// How the end of a message's body is found.
enum class Framing : std::uint8_t { none, content_length, chunked, until_close };

struct Header {
  std::string_view name;
  std::string_view value;  // without surrounding white space
};

// What both kinds of head have.
struct Head {
  int version_minor = 1;             // HTTP/1.0 or HTTP/1.1
  Framing framing = Framing::none;   // as the message alone tells (see response_framing for answers)
  std::uint64_t content_length = 0;  // valid if has_content_length
  bool has_content_length = false;
  bool keep_alive = true;  // after this message, as its sender sees it
  std::string_view raw;    // the whole head, from the start line to the empty line
  // Headers that an intermediary keeps to itself: hop-by-hop ones (RFC 9110 section 7.6.1), those that
  // Connection names, and those whose meaning it has taken over (Expect; Host where the target is in absolute
  // form).
  std::bitset<kMaxHeaders> not_forwarded;
  std::size_t content_length_index = 0;  // of its header; valid if has_content_length
  std::array<Header, kMaxHeaders> header_array;
  std::size_t header_count = 0;

  [[nodiscard]] std::span<const Header> headers() const noexcept {
    return {header_array.data(), header_count};
  }
  // The first header of that name, compared without case; nullptr if there is none.
  [[nodiscard]] const Header* find(std::string_view name) const noexcept;
};

struct RequestHead : Head {
  llhttp_method_t method = HTTP_GET;
  std::string_view method_name;
  std::string_view target;        // as sent: origin-form, absolute-form, authority-form or *
  bool absolute_form = false;     // http://host/path
  std::string_view host;          // asked for: the target's in absolute form, else the Host field's value
  bool has_host = false;          // HTTP/1.0 requests may have none
  bool expects_continue = false;  // Expect: 100-continue
};

struct ResponseHead : Head {
  int status = 0;
  std::string_view reason;
};

namespace detail {
// The llhttp machine behind both parsers: finds the parts of a head. What they mean is judged in rules.cpp.
class Machine {
 public:
  Machine(llhttp_type type, Head& head) noexcept;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() = default;

  void reset() noexcept;
  Parse feed(std::string_view bytes) noexcept;
  // Records why a head that llhttp let through is refused. `why` is a literal.
  Parse reject(const char* why) noexcept;
  [[nodiscard]] std::size_t consumed() const noexcept { return consumed_; }
  [[nodiscard]] const char* error() const noexcept { return error_; }
  [[nodiscard]] bool unknown_method() const noexcept { return unknown_method_; }
  [[nodiscard]] std::string_view target() const noexcept { return target_; }  // of a request
  [[nodiscard]] const llhttp_t& parser() const noexcept { return parser_; }

 private:
  struct Callbacks;
  static const llhttp_settings_t& settings() noexcept;

  llhttp_t parser_{};
  Head& head_;
  std::string_view target_;
  const char* begin_ = nullptr;  // of the start line
  std::size_t skipped_ = 0;      // bytes of empty lines before it
  std::size_t consumed_ = 0;
  bool too_large_ = false;
  bool unknown_method_ = false;
  const char* error_ = "";
};
}  // namespace detail

// Parses one request head. Feed it each byte once, in order, from one contiguous block that does not move:
//   parser.reset(); while (parser.feed(new_bytes) == Parse::incomplete) read more behind them;
class RequestParser {
 public:
  void reset() noexcept;
  // `bytes` follow directly, in memory, those fed before. Empty lines before the start line are skipped and
  // consumed.
  Parse feed(std::string_view bytes) noexcept;
  // Of all bytes fed since reset(), how many are the head's or in front of it. Valid after complete.
  [[nodiscard]] std::size_t consumed() const noexcept { return machine_.consumed(); }
  [[nodiscard]] const RequestHead& head() const noexcept { return head_; }
  [[nodiscard]] const char* error() const noexcept { return machine_.error(); }  // one phrase, after invalid
  // After invalid: the start line begins with a method, but none that we know (501).
  [[nodiscard]] bool unknown_method() const noexcept { return machine_.unknown_method(); }

 private:
  RequestHead head_;
  detail::Machine machine_{HTTP_REQUEST, head_};
};

class ResponseParser {
 public:
  void reset() noexcept;
  Parse feed(std::string_view bytes) noexcept;
  [[nodiscard]] std::size_t consumed() const noexcept { return machine_.consumed(); }
  [[nodiscard]] const ResponseHead& head() const noexcept { return head_; }
  [[nodiscard]] const char* error() const noexcept { return machine_.error(); }

 private:
  ResponseHead head_;
  detail::Machine machine_{HTTP_RESPONSE, head_};
};

// RFC 9112 section 6.3: the framing of the answer to a request, where HEAD, 1xx, 204 and 304 have no body
// whatever the headers say, and an answer without framing headers lasts until the connection closes.
Framing response_framing(llhttp_method_t request_method, const ResponseHead& response) noexcept;

}  // namespace baton::http
