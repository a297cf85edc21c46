#include "harness/http/fields.hpp"

#include <algorithm>
#include <cstddef>

namespace baton::http {
namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

Field if_equal(std::string_view name, std::string_view wanted, Field field) noexcept {
  return equals_ignoring_case(name, wanted) ? field : Field::other;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

Field classify(std::string_view name) noexcept {
  const auto hop_by_hop = [name](std::string_view wanted) {
    return if_equal(name, wanted, Field::hop_by_hop);
  };
  switch (name.size()) {
    case 2:
      return hop_by_hop("te");
    case 4:
      return if_equal(name, "host", Field::host);
    case 6:
      return if_equal(name, "expect", Field::expect);
    case 7:
      return lower(name.front()) == 't' ? hop_by_hop("trailer") : hop_by_hop("upgrade");
    case 10:
      return lower(name.front()) == 'c' ? if_equal(name, "connection", Field::connection)
                                        : hop_by_hop("keep-alive");
    case 14:
      return if_equal(name, "content-length", Field::content_length);
    case 16:
      return hop_by_hop("proxy-connection");
    case 17:
      return if_equal(name, "transfer-encoding", Field::transfer_encoding);
    case 18:
      return hop_by_hop("proxy-authenticate");
    case 19:
      return hop_by_hop("proxy-authorization");
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
