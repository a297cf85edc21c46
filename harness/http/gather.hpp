// One walk over a head's headers: their lines are checked, and those that mean something to an intermediary
// understood.
#pragma once

#include <cstddef>

#include "harness/http/head.hpp"

namespace baton::http::detail {

inline constexpr const char* kBadLine = "a line that does not end with CRLF, or is folded";

struct Gathered {
  bool close = false;    // Connection: close
  bool persist = false;  // Connection: keep-alive
  bool chunked = false;
  std::size_t transfer_encoding_index = 0;  // of its header; valid if chunked
  bool expects_continue = false;
  const Header* host = nullptr;
  std::size_t named = 0;  // fields that Connection names
};

// Fills in has_content_length, content_length, keep_alive and not_forwarded, and trims the values. Needs raw
// and version_minor; the headers must begin at `start_line_end`. nullptr, or one phrase that says what is
// wrong.
const char* gather(Head& head, Gathered& gathered, const char* start_line_end) noexcept;

}  // namespace baton::http::detail
