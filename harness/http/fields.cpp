#include "harness/http/fields.hpp"

#include <algorithm>
#include <cstddef>

namespace baton::http {
namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// `name` is a token of as many bytes as `wanted`, which is in lower case and has letters and hyphens only:
// among the bytes of tokens, setting bit 5 makes these from their capitals and from nothing else. Without a
// branch per byte.
template <std::size_t kBytes>
bool is(std::string_view name, const char (&wanted)[kBytes]) noexcept {
  unsigned different = 0;
  for (std::size_t i = 0; i + 1 < kBytes; ++i) {
    different |= (static_cast<unsigned char>(name[i]) | 0x20U) ^ static_cast<unsigned char>(wanted[i]);
  }
  return different == 0;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

Field classify(std::string_view name) noexcept {
  const auto hop_by_hop = [](bool yes) { return yes ? Field::hop_by_hop : Field::other; };
  switch (name.size()) {
    case 2:
      return hop_by_hop(is(name, "te"));
    case 4:
      return is(name, "host") ? Field::host : Field::other;
    case 6:
      return is(name, "expect") ? Field::expect : Field::other;
    case 7:
      return hop_by_hop(is(name, "trailer") || is(name, "upgrade"));
    case 10:
      return is(name, "connection") ? Field::connection : hop_by_hop(is(name, "keep-alive"));
    case 14:
      return is(name, "content-length") ? Field::content_length : Field::other;
    case 16:
      return hop_by_hop(is(name, "proxy-connection"));
    case 17:
      return is(name, "transfer-encoding") ? Field::transfer_encoding : Field::other;
    case 18:
      return hop_by_hop(is(name, "proxy-authenticate"));
    case 19:
      return hop_by_hop(is(name, "proxy-authorization"));
    default:
      return Field::other;
  }
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view next_element(std::string_view& list) noexcept {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = trim(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (!element.empty()) return element;  // empty elements are to be ignored (RFC 9110 section 5.6.1)
  }
  return {};
}

}  // namespace baton::http
