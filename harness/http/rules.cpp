#include "harness/http/rules.hpp"

#include <array>
#include <charconv>
#include <limits>

#include "harness/http/fields.hpp"

namespace baton::http::detail {
namespace {

constexpr std::string_view kVersion = "HTTP/1.";

// Every CR is followed by LF, every LF preceded by CR, and no line is folded. One pass without branches, so
// that the compiler can take many bytes at a time. `raw` ends with LF (llhttp saw to it).
bool clean_lines(std::string_view raw) noexcept {
  unsigned bad = 0;
  const char* const byte = raw.data();
  for (std::size_t i = 0; i + 1 < raw.size(); ++i) {
    const char here = byte[i];
    const char next = byte[i + 1];
    bad |= static_cast<unsigned>(here == '\r') ^ static_cast<unsigned>(next == '\n');
    bad |= static_cast<unsigned>(here == '\n') & static_cast<unsigned>((next == ' ') | (next == '\t'));
  }
  return bad == 0;
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Digits only: no sign, no list, no white space inside. Fits a signed 64-bit number, so that sums with it do
// not wrap.
bool read_content_length(std::string_view text, std::uint64_t& value) noexcept {
  if (text.empty() || !is_digit(text.front())) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() &&
         value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

// Characters of a host and port (RFC 3986 section 3.2.2); what is outside could end the authority for another
// reader.
constexpr auto kHostCharacters = [] {
  std::array<bool, 256> allowed{};
  for (const char c : std::string_view{
           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+,;=[]:"}) {
    allowed[static_cast<unsigned char>(c)] = true;
  }
  return allowed;
}();

bool valid_host(std::string_view host) noexcept {
  for (const char c : host) {
    if (!kHostCharacters[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

// What a walk over the headers gathers.
struct Gathered {
  bool close = false;
  bool persist = false;
  bool chunked = false;
  bool has_host = false;
  bool expects_continue = false;
  std::size_t host_index = 0;
  std::size_t named = 0;  // fields that Connection names
};

// Fields named in Connection are hop-by-hop too; but not those that frame or route the message, or else a
// client could have them taken away between us and the origin.
void mark_named(Head& head, std::string_view name) noexcept {
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const std::string_view candidate = head.header_array[i].name;
    if (equals_ignoring_case(candidate, name) && classify(candidate) == Field::other)
      head.not_forwarded.set(i);
  }
}

const char* read_connection(Gathered& gathered, std::string_view list) noexcept {
  for (std::string_view option = next_element(list); !option.empty(); option = next_element(list)) {
    if (equals_ignoring_case(option, "close")) {
      gathered.close = true;
    } else if (equals_ignoring_case(option, "keep-alive")) {
      gathered.persist = true;
    } else if (++gathered.named > kMaxHeaders) {
      return "Connection names too many fields";
    }
  }
  return nullptr;
}

void mark_all_named(Head& head) noexcept {
  for (std::size_t i = 0; i < head.header_count; ++i) {
    if (classify(head.header_array[i].name) != Field::connection) continue;
    std::string_view list = head.header_array[i].value;
    for (std::string_view name = next_element(list); !name.empty(); name = next_element(list))
      mark_named(head, name);
  }
}

const char* read_field(Head& head, Gathered& gathered, std::size_t index) noexcept {
  const Header& header = head.header_array[index];
  switch (classify(header.name)) {
    case Field::other:
      return nullptr;
    case Field::host:
      if (gathered.has_host) return "more than one Host";
      gathered.has_host = true;
      gathered.host_index = index;
      return nullptr;
    case Field::expect:
      gathered.expects_continue |= equals_ignoring_case(header.value, "100-continue");
      head.not_forwarded.set(index);
      return nullptr;
    case Field::connection:
      head.not_forwarded.set(index);
      return read_connection(gathered, header.value);
    case Field::content_length:
      if (head.has_content_length) return "more than one Content-Length";
      head.has_content_length = true;
      return read_content_length(header.value, head.content_length) ? nullptr
                                                                    : "Content-Length is not a number";
    case Field::transfer_encoding:
      if (gathered.chunked) return "more than one Transfer-Encoding";
      gathered.chunked = equals_ignoring_case(header.value, "chunked");
      return gathered.chunked ? nullptr : "Transfer-Encoding is not chunked";
    case Field::hop_by_hop:
      head.not_forwarded.set(index);
      return nullptr;
  }
  return nullptr;
}

const char* read_headers(Head& head, Gathered& gathered) noexcept {
  head.not_forwarded.reset();
  head.has_content_length = false;
  head.content_length = 0;
  if (!clean_lines(head.raw)) return "a line that does not end with CRLF, or is folded";
  for (std::size_t i = 0; i < head.header_count; ++i) {
    Header& header = head.header_array[i];
    if (header.name.empty()) return "a header without a name";
    header.value = trim(header.value);
    if (const char* wrong = read_field(head, gathered, i)) return wrong;
  }
  if (gathered.named > 0) mark_all_named(head);
  if (gathered.chunked && head.has_content_length) return "both Content-Length and Transfer-Encoding";
  if (gathered.chunked && head.version_minor == 0) return "Transfer-Encoding in HTTP/1.0";
  head.keep_alive = !gathered.close && (head.version_minor >= 1 || gathered.persist);
  return nullptr;
}

// "HTTP/1.0" or "HTTP/1.1" at the front of `text`.
bool read_version(std::string_view text, int& minor) noexcept {
  if (text.size() <= kVersion.size() || !text.starts_with(kVersion)) return false;
  minor = text[kVersion.size()] - '0';
  return minor == 0 || minor == 1;
}

const char* read_target(RequestHead& head) noexcept {
  if (head.target.find('#') != std::string_view::npos) return "a fragment in the request target";
  const std::size_t scheme = head.target.front() == '/' ? std::string_view::npos : head.target.find("://");
  head.absolute_form = scheme != std::string_view::npos;
  if (!head.absolute_form) return nullptr;
  std::string_view authority = head.target.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?"));
  const std::size_t user = authority.rfind('@');  // user information never leaves in a Host
  head.host = user == std::string_view::npos ? authority : authority.substr(user + 1);
  head.has_host = true;
  return head.host.empty() || !valid_host(head.host) ? "no host in the request target" : nullptr;
}

}  // namespace

const char* judge_request(RequestHead& head, const llhttp_t& parser, std::string_view target) noexcept {
  head.method = static_cast<llhttp_method_t>(parser.method);
  head.target = target;
  if (target.empty()) return "no request target";
  head.method_name = head.raw.substr(0, static_cast<std::size_t>(target.data() - head.raw.data()) - 1);
  if (head.method_name.find(' ') != std::string_view::npos) return "more than one space after the method";
  const std::string_view version = head.raw.substr(head.method_name.size() + 1 + target.size());
  if (!version.starts_with(' ') || !read_version(version.substr(1), head.version_minor)) {
    return "not HTTP/1.0 or HTTP/1.1";
  }
  Gathered gathered;
  if (const char* wrong = read_headers(head, gathered)) return wrong;
  if (!gathered.has_host && head.version_minor >= 1) return "no Host";
  head.has_host = gathered.has_host;
  head.host = gathered.has_host ? head.header_array[gathered.host_index].value : std::string_view{};
  if (!valid_host(head.host)) return "Host is not a host";
  if (const char* wrong = read_target(head)) return wrong;
  // An absolute target overrules the Host field (RFC 9112 section 3.2.2).
  if (head.absolute_form && gathered.has_host) head.not_forwarded.set(gathered.host_index);
  head.expects_continue = gathered.expects_continue && head.version_minor >= 1;
  head.framing = gathered.chunked          ? Framing::chunked
                 : head.has_content_length ? Framing::content_length
                                           : Framing::none;
  return nullptr;
}

const char* judge_response(ResponseHead& head, const llhttp_t& parser, std::string_view reason) noexcept {
  if (!read_version(head.raw, head.version_minor)) return "not HTTP/1.0 or HTTP/1.1";
  const std::string_view behind = head.raw.substr(kVersion.size() + 1);  // " 200 OK" or " 200"
  if (behind.size() < 5 || behind[0] != ' ' || behind[1] == ' ' || (behind[4] != ' ' && behind[4] != '\r')) {
    return "malformed status line";
  }
  head.status = parser.status_code;
  head.reason = reason;
  if (head.status < 100) return "a status below 100";
  Gathered gathered;
  if (const char* wrong = read_headers(head, gathered)) return wrong;
  const bool bodiless = head.status < 200 || head.status == 204 || head.status == 304;
  head.framing = bodiless                  ? Framing::none
                 : gathered.chunked        ? Framing::chunked
                 : head.has_content_length ? Framing::content_length
                                           : Framing::until_close;
  return nullptr;
}

}  // namespace baton::http::detail
