#include "harness/http/rules.hpp"

#include <array>

#include "harness/http/gather.hpp"

namespace baton::http::detail {
namespace {

constexpr std::string_view kVersion = "HTTP/1.";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kStatusBytes = 4;  // " 200"
constexpr const char* kBadVersion = "not HTTP/1.0 or HTTP/1.1";
constexpr const char* kBadStatusLine = "malformed status line";

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

// Blanks, visible characters and bytes above 127 (RFC 9112 section 4). llhttp lets anything through up to the
// CR.
bool is_text(std::string_view text) noexcept {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
  }
  return true;
}

// The minor version if `text` starts with "HTTP/1.0" or "HTTP/1.1", else -1.
int read_version(std::string_view text) noexcept {
  if (text.size() <= kVersion.size() || !text.starts_with(kVersion)) return -1;
  const char minor = text[kVersion.size()];
  return minor == '0' || minor == '1' ? minor - '0' : -1;
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
  if (head.method_name.ends_with(' ')) return "more than one space after the method";
  const std::string_view behind_target = head.raw.substr(head.method_name.size() + 1 + target.size());
  head.version_minor = read_version(behind_target.substr(1));
  if (behind_target.front() != ' ' || head.version_minor < 0) return kBadVersion;
  const std::string_view line_end = behind_target.substr(1 + kVersion.size() + 1);
  if (!line_end.starts_with(kLineEnd)) return kBadLine;
  Gathered gathered;
  if (const char* wrong = gather(head, gathered, line_end.data() + kLineEnd.size())) return wrong;
  head.has_host = gathered.host != nullptr;
  if (!head.has_host && head.version_minor >= 1) return "no Host";
  head.host = head.has_host ? gathered.host->value : std::string_view{};
  if (!valid_host(head.host)) return "Host is not a host";
  if (const char* wrong = read_target(head)) return wrong;
  // An absolute target overrules the Host field (RFC 9112 section 3.2.2).
  if (head.absolute_form && gathered.host != nullptr) {
    head.not_forwarded.set(static_cast<std::size_t>(gathered.host - head.header_array.data()));
  }
  head.expects_continue = gathered.expects_continue && head.version_minor >= 1;
  head.framing = gathered.chunked          ? Framing::chunked
                 : head.has_content_length ? Framing::content_length
                                           : Framing::none;
  return nullptr;
}

const char* judge_response(ResponseHead& head, const llhttp_t& parser) noexcept {
  head.version_minor = read_version(head.raw);
  if (head.version_minor < 0) return kBadVersion;
  head.status = parser.status_code;
  if (head.status < 100) return "a status below 100";
  const std::string_view status = head.raw.substr(kVersion.size() + 1);  // " 200 OK" or " 200"
  const std::size_t line_end = status.find('\r');
  if (status.front() != ' ' || line_end < kStatusBytes || !status.substr(line_end).starts_with(kLineEnd)) {
    return kBadStatusLine;
  }
  head.reason = status.substr(kStatusBytes, line_end - kStatusBytes);
  if (!head.reason.empty()) {
    if (head.reason.front() != ' ') return kBadStatusLine;
    head.reason.remove_prefix(1);
  }
  if (!is_text(head.reason)) return "a control character in the reason phrase";
  Gathered gathered;
  if (const char* wrong = gather(head, gathered, status.data() + line_end + kLineEnd.size())) return wrong;
  // The answer to the client is framed anew; its length, if it has one, stays the same.
  if (gathered.chunked) head.not_forwarded.set(gathered.transfer_encoding_index);
  const bool bodiless = head.status < 200 || head.status == 204 || head.status == 304;
  head.framing = bodiless                  ? Framing::none
                 : gathered.chunked        ? Framing::chunked
                 : head.has_content_length ? Framing::content_length
                                           : Framing::until_close;
  return nullptr;
}

}  // namespace baton::http::detail
