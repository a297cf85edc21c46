// Body framing: which bytes of a stream are payload, and where the body ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/http/head.hpp"

namespace baton::http {

// Cuts payload out of what was read. Owns no bytes. Not thread-safe, but may change threads between calls (a
// handoff).
//   while (!body.finished()) { Piece p = body.next(bytes); use p.payload; bytes.remove_prefix(p.consumed);
//   ... }
class BodyFramer {
 public:
  enum class Status : std::uint8_t { more, finished, invalid };
  struct Piece {
    std::string_view payload;  // inside `bytes`; may be empty (chunk framing only)
    std::size_t consumed =
        0;  // of `bytes`, payload and framing; bytes behind the end of the body are never consumed
    Status status = Status::more;
  };

  BodyFramer() noexcept = default;  // Framing::none, finished
  void start(Framing framing, std::uint64_t content_length) noexcept;

  // At most one contiguous run of payload per call. Call again with the rest while anything is left and
  // status is more.
  Piece next(std::string_view bytes) noexcept;
  // The connection closed. True if that was a proper end (until_close, or already finished).
  [[nodiscard]] bool at_close() noexcept;

  [[nodiscard]] bool finished() const noexcept { return place_ == Place::finished; }
  [[nodiscard]] Framing framing() const noexcept { return framing_; }
  // Payload bytes still to come if that is known (content_length), else 0.
  [[nodiscard]] std::uint64_t remaining() const noexcept {
    return framing_ == Framing::content_length ? remaining_ : 0;
  }

 private:
  // Where in the chunked coding the next byte stands (RFC 9112 section 7.1).
  enum class Place : std::uint8_t {
    size_first,     // the first digit of a chunk's size
    size,           // a further one, or what follows the size
    padding,        // white space behind the size
    extension,      // behind a semicolon
    size_lf,        // the LF of the size's line
    data,           // payload
    data_cr,        // the CR behind it
    data_lf,        // and the LF
    trailer_first,  // the first byte of a trailer's line, or the CR of the empty line
    trailer,        // inside such a line
    trailer_lf,     // its LF
    last_lf,        // the LF of the empty line
    finished,       // of every framing
    invalid,
  };
  Piece next_chunked(std::string_view bytes) noexcept;
  Place step(char byte) noexcept;
  Place size_digit(char byte) noexcept;
  bool spend_budget() noexcept;

  Framing framing_ = Framing::none;
  Place place_ = Place::finished;
  std::uint8_t digits_ = 0;      // of this chunk's size
  std::uint32_t budget_ = 0;     // bytes of extensions and trailers that may still come
  std::uint64_t remaining_ = 0;  // of the body (content_length) or of this chunk
};

// Extensions, padding and trailers are read and dropped. More than this in one body are an attack, not a
// message.
inline constexpr std::uint32_t kMaxChunkOverhead = 16 * 1024;

// "1a2b\r\n" for a chunk of that size, into `out` (at least kChunkHeadBytes); returns its length.
inline constexpr std::size_t kChunkHeadBytes = 18;
std::size_t write_chunk_head(char* out, std::size_t payload_bytes) noexcept;
inline constexpr std::string_view kChunkTail = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace baton::http
