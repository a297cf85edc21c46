// Kept header lines are copied from the head's raw bytes, neighbours in one go: a line is `name: value CRLF`,
// unfolded, and nothing else (rules.cpp refuses other heads).
#include "harness/http/forward.hpp"

#include <array>
#include <bitset>
#include <charconv>

namespace baton::http {
namespace {

constexpr std::string_view kHttp11 = "HTTP/1.1";
constexpr std::size_t kStatusBytes = 4;  // " 200"
constexpr std::string_view kLineEnd = "\r\n";

// The target in origin-form: what follows the authority.
void add_origin_form(HeadWriter& out, const RequestHead& request) noexcept {
  std::string_view path = request.target;
  if (request.absolute_form) {
    const auto behind_host =
        static_cast<std::size_t>(request.host.data() + request.host.size() - request.target.data());
    path = request.target.substr(behind_host);
    if (path.empty() && request.method == HTTP_OPTIONS) path = "*";  // RFC 9112 section 3.2.4
    if (!path.starts_with('/') && path != "*") out.add("/");
  }
  out.add(path);
}

const char* first_line_end(const Head& head) noexcept {
  return head.header_count > 0 ? head.header_array[0].name.data()
                               : head.raw.data() + head.raw.size() - kLineEnd.size();
}

const char* line_end(const Head& head, std::size_t index) noexcept {
  return index + 1 < head.header_count ? head.header_array[index + 1].name.data()
                                       : head.raw.data() + head.raw.size() - kLineEnd.size();
}

// The bytes of `head` from `from`, which lies in its first line, without the lines of the headers in
// `dropped`.
void add_lines(HeadWriter& out, const Head& head, const char* from,
               const std::bitset<kMaxHeaders>& dropped) noexcept {
  if (dropped.any()) {
    for (std::size_t i = 0; i < head.header_count; ++i) {
      if (!dropped.test(i)) continue;
      const char* const line = head.header_array[i].name.data();
      out.add({from, static_cast<std::size_t>(line - from)});
      from = line_end(head, i);
    }
  }
  const char* const end = head.raw.data() + head.raw.size() - kLineEnd.size();
  out.add({from, static_cast<std::size_t>(end - from)});
}

}  // namespace

void HeadWriter::add_number(std::uint64_t number) noexcept {
  std::array<char, 20> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  add({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void write_forwarded_request(HeadWriter& out, const RequestHead& request,
                             std::string_view authority) noexcept {
  const char* from = request.raw.data();
  if (request.absolute_form || request.version_minor == 0) {
    out.add(request.method_name);
    out.add(" ");
    add_origin_form(out, request);
    out.add(" HTTP/1.1\r\n");
    from = first_line_end(request);
  }
  if (request.absolute_form || !request.has_host) {
    out.add("Host: ");
    out.add(request.has_host ? request.host : authority);
    out.add(kLineEnd);
  }
  // Content-Length and Transfer-Encoding are among the kept lines: there is at most one, of a form without a
  // second reading.
  add_lines(out, request, from, request.not_forwarded);
  out.add(request.version_minor == 0 ? "Via: 1.0 baton\r\n\r\n" : "Via: 1.1 baton\r\n\r\n");
}

ClientFraming client_framing(const RequestHead& request, const ResponseHead& response,
                             Framing origin_framing) noexcept {
  const bool may_have_length = response.status >= 200 && response.status != 204;  // RFC 9110 section 8.6
  switch (origin_framing) {
    case Framing::none:
      return {Framing::none, response.has_content_length && may_have_length, request.keep_alive};
    case Framing::content_length:
      return {Framing::content_length, true, request.keep_alive};
    case Framing::chunked:
    case Framing::until_close:
      break;
  }
  if (request.version_minor == 0) return {Framing::until_close, false, false};
  return {Framing::chunked, false, request.keep_alive};
}

void write_forwarded_response(HeadWriter& out, const RequestHead& request, const ResponseHead& response,
                              const ClientFraming& framing) noexcept {
  std::bitset<kMaxHeaders> dropped = response.not_forwarded;
  if (response.has_content_length && !framing.send_content_length) dropped.set(response.content_length_index);
  const char* from = response.raw.data() + kHttp11.size();
  out.add(kHttp11);
  if (from[kStatusBytes] ==
      '\r') {  // no reason phrase and not even the space before it, which the grammar demands
    out.add({from, kStatusBytes});
    out.add(" ");
    from += kStatusBytes;
  }
  add_lines(out, response, from, dropped);
  if (framing.framing == Framing::chunked) out.add("Transfer-Encoding: chunked\r\n");
  if (!framing.keep_alive) {
    out.add("Connection: close\r\n");
  } else if (request.version_minor == 0) {
    out.add("Connection: keep-alive\r\n");
  }
  out.add(kLineEnd);
}

void write_error_response(HeadWriter& out, int status, std::string_view detail, bool keep_alive,
                          bool head_request) noexcept {
  const std::string_view reason = status_reason(status);
  constexpr std::size_t kCodeAndSpace = 4;
  constexpr std::string_view kBetween = ": ";
  out.add("HTTP/1.1 ");
  out.add_number(static_cast<std::uint64_t>(status));
  out.add(" ");
  out.add(reason);
  out.add("\r\nContent-Type: text/plain\r\nContent-Length: ");
  out.add_number(kCodeAndSpace + reason.size() + kBetween.size() + detail.size() + 1);
  out.add(keep_alive ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
  if (head_request) return;
  out.add_number(static_cast<std::uint64_t>(status));
  out.add(" ");
  out.add(reason);
  out.add(kBetween);
  out.add(detail);
  out.add("\n");
}

}  // namespace baton::http
