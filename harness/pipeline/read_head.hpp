// Reading from a connection into its conn buffer until a message head is whole.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "harness/http/head.hpp"
#include "harness/net/connection.hpp"
#include "strategies/conn_buffer.hpp"

namespace baton::pipeline {

using Clock = std::chrono::steady_clock;

enum class HeadStatus : std::uint8_t {
  complete,
  malformed,
  too_large,   // fills the buffer, or has too many headers
  closed,      // the peer closed before the head was whole
  failed,      // the connection broke
  incomplete,  // bytes came, but not all; call again to go on
  slice_over,  // nothing came for a slice of time; likewise
};

// Parses the head at the front of a buffer's unread bytes, in place. The parser's views stay good while the
// buffer is not compacted; this compacts only as long as the head is not complete.
template <class Parser>
class HeadReader {
 public:
  void restart() noexcept {
    parser_.reset();
    fed_ = 0;
  }
  // Reads once at most, so that a peer that dribbles meets its caller's deadlines.
  template <net::Connection C>
  HeadStatus read(C& connection, ConnBuffer& buffer) noexcept {
    HeadStatus status = parse(buffer);
    if (status != HeadStatus::incomplete) {
      return status;
    }
    if (buffer.free_bytes() == 0) {
      if (buffer.begin == 0) {
        return HeadStatus::too_large;
      }
      buffer.compact();
      restart();  // its views pointed to where the bytes were
    }
    const net::IoResult got = connection.read(buffer.free_space(), buffer.free_bytes());
    if (!got.ok()) {
      return got.slice_over() ? HeadStatus::slice_over
             : got.closed()   ? HeadStatus::closed
                              : HeadStatus::failed;
    }
    buffer.filled(got.bytes);
    status = parse(buffer);
    const bool full = buffer.free_bytes() == 0 && buffer.begin == 0;
    return status == HeadStatus::incomplete && full ? HeadStatus::too_large : status;
  }
  // What the buffer holds already and the parser has not seen yet; never too_large for filling the buffer.
  HeadStatus parse(const ConnBuffer& buffer) noexcept {
    if (fed_ == buffer.unread_bytes()) {
      return HeadStatus::incomplete;
    }
    const http::Parse parsed = parser_.feed(buffer.unread().substr(fed_));
    fed_ = buffer.unread_bytes();
    switch (parsed) {
      case http::Parse::complete:
        return HeadStatus::complete;
      case http::Parse::invalid:
        return HeadStatus::malformed;
      case http::Parse::too_large:
        return HeadStatus::too_large;
      case http::Parse::incomplete:
        break;
    }
    return HeadStatus::incomplete;
  }
  [[nodiscard]] const auto& head() const noexcept { return parser_.head(); }
  [[nodiscard]] std::size_t head_bytes() const noexcept { return parser_.consumed(); }
  [[nodiscard]] const char* error() const noexcept { return parser_.error(); }  // "": it filled the buffer
  [[nodiscard]] const Parser& parser() const noexcept { return parser_; }

 private:
  Parser parser_;
  std::size_t fed_ = 0;  // of the unread bytes
};

}  // namespace baton::pipeline
