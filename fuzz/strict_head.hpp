// A second reader of message heads, by the grammar of RFC 9112 alone and as strict as it can be read. What
// the parsers accept, it has to accept, and to understand the same way: two readers that differ are what
// request smuggling is made of.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fuzz/target.hpp"
#include "harness/http/head.hpp"

namespace baton::fuzz {

constexpr std::string_view kTokenCharacters =
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

inline bool is_token(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kTokenCharacters) == std::string_view::npos;
}
inline bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}
inline std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}
inline bool same_word(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] - 'A' + 'a') : a[i];
    if (c != lower[i]) return false;
  }
  return true;
}

// The lines of a head without their CRLFs, the empty one at its end left out (section 2.2).
inline std::vector<std::string_view> strict_lines(std::string_view raw) {
  std::vector<std::string_view> lines;
  while (!raw.empty()) {
    const std::size_t end = raw.find("\r\n");
    require(end != std::string_view::npos, "every line of an accepted head ends with CRLF");
    const std::string_view line = raw.substr(0, end);
    for (const char c : line) {
      const auto byte = static_cast<unsigned char>(c);
      require((byte >= 0x20 && byte != 0x7f) || byte == '\t',
              "an accepted head has no control character, no CR and no LF inside a line");
    }
    raw.remove_prefix(end + 2);
    if (line.empty()) {
      require(raw.empty(), "an accepted head ends with its empty line");
      require(!lines.empty(), "an accepted head has a start line");
      return lines;
    }
    lines.push_back(line);
  }
  require(false, "an accepted head ends with an empty line");
  return lines;
}

// Sections 5 and 6: field lines, and which of them frame the message.
inline void require_strict_fields(const http::Head& head, const std::vector<std::string_view>& lines) {
  require(head.header_count + 1 == lines.size(), "a field is a line");
  std::size_t lengths = 0;
  std::size_t codings = 0;
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const std::string_view line = lines[i + 1];
    const std::size_t colon = line.find(':');
    require(colon != std::string_view::npos, "a field line has a colon");
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = without_blanks(line.substr(colon + 1));
    require(is_token(name), "a field's name is a token, with nothing between it and the colon");
    require(head.header_array[i].name == name, "a field has its line's name");
    require(head.header_array[i].value == value, "a field has its line's value");
    if (same_word(name, "content-length")) {
      ++lengths;
      require(is_digits(value), "a Content-Length is digits");
    }
    if (same_word(name, "transfer-encoding")) {
      ++codings;
      require(same_word(value, "chunked"), "the only coding is chunked");
    }
  }
  require(lengths + codings <= 1, "at most one field frames the message");
  require(codings == 0 || head.version_minor == 1, "HTTP/1.0 has no Transfer-Encoding");
  require(head.has_content_length == (lengths == 1), "a length is what a Content-Length says");
}

}  // namespace baton::fuzz
