// Field names that mean something to an intermediary, and values that are lists (RFC 9110 sections 5.6
// and 7.6.1). Inline, because every header of every message comes through here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace baton::http {

enum class Field : std::uint8_t {
  other,
  host,
  expect,
  connection,
  content_length,
  transfer_encoding,
  hop_by_hop,  // any other that concerns this connection only
};

// Compares two names or tokens without ASCII case.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

// Cuts the next element off the front of a comma-separated list; empty when there are no more.
std::string_view next_element(std::string_view& list) noexcept;

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

// Without spaces and tabs at its ends.
inline std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

namespace detail {

template <class Word>
bool same_word(const char* name, const char* lower) noexcept {
  Word a;
  Word b;
  std::memcpy(&a, name, sizeof(Word));
  std::memcpy(&b, lower, sizeof(Word));
  constexpr Word kLowerCase = static_cast<Word>(0x2020202020202020U);
  return (a | kLowerCase) == b;
}

}  // namespace detail

// Whether `text` is `lower` but for case. `lower` has letters and hyphens only: among the bytes that may
// stand in a field's name or value, setting bit 5 makes these from their capitals and from nothing else.
// Compares whole words, the last of which may overlap the one before.
template <std::size_t kSize>
bool is(std::string_view text, const char (&lower)[kSize]) noexcept {
  constexpr std::size_t kBytes = kSize - 1;
  if (text.size() != kBytes) return false;
  using Word = std::conditional_t<(kBytes >= 8), std::uint64_t,
                                  std::conditional_t<(kBytes >= 4), std::uint32_t, std::uint16_t>>;
  bool same = detail::same_word<Word>(text.data() + kBytes - sizeof(Word), lower + kBytes - sizeof(Word));
  for (std::size_t at = 0; at + sizeof(Word) < kBytes; at += sizeof(Word)) {
    same &= detail::same_word<Word>(text.data() + at, lower + at);
  }
  return same;
}

// Told apart by length first, because nearly every header is told by that alone. `name` is a token.
inline Field classify(std::string_view name) noexcept {
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

}  // namespace baton::http
