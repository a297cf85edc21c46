// Field names that mean something to an intermediary, and values that are lists (RFC 9110 sections 5.6
// and 7.6.1).
#pragma once

#include <cstdint>
#include <string_view>

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

// Told apart by length first, because nearly every header is told by that alone. `name` is a token.
Field classify(std::string_view name) noexcept;

std::string_view trim(std::string_view text) noexcept;  // without spaces and tabs at its ends

// Cuts the next element off the front of a comma-separated list; empty when there are no more.
std::string_view next_element(std::string_view& list) noexcept;

}  // namespace baton::http
