#include "harness/http/body.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace baton::http {
namespace {

constexpr std::uint8_t kNoDigit = 0xff;
constexpr std::uint8_t kMaxSizeDigits = 15;  // leading zeros too; sizes stay below 2^60, so that no sum wraps

constexpr std::uint8_t hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return kNoDigit;
}

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

// Control characters have no business in extensions and trailers, least of all a bare LF: a reader that takes
// it for the end of the line sees another chunk than one that does not.
constexpr bool is_text(char c) noexcept {
  return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t';
}

}  // namespace

void BodyFramer::start(Framing framing, std::uint64_t content_length) noexcept {
  framing_ = framing;
  digits_ = 0;
  budget_ = kMaxChunkOverhead;
  remaining_ = framing == Framing::content_length ? content_length : 0;
  switch (framing) {
    case Framing::none:
      place_ = Place::finished;
      break;
    case Framing::content_length:
      place_ = content_length == 0 ? Place::finished : Place::data;
      break;
    case Framing::chunked:
      place_ = Place::size_first;
      break;
    case Framing::until_close:
      place_ = Place::data;
      break;
  }
}

BodyFramer::Piece BodyFramer::next(std::string_view bytes) noexcept {
  if (place_ == Place::finished) return {{}, 0, Status::finished};
  if (framing_ == Framing::chunked) return next_chunked(bytes);
  if (framing_ == Framing::until_close) return {bytes, bytes.size(), Status::more};
  const std::string_view payload = bytes.substr(0, remaining_);
  remaining_ -= payload.size();
  if (remaining_ == 0) place_ = Place::finished;
  return {payload, payload.size(), remaining_ == 0 ? Status::finished : Status::more};
}

bool BodyFramer::at_close() noexcept {
  if (framing_ == Framing::until_close) place_ = Place::finished;
  return finished();
}

// Framing, one run of payload, and the framing behind it, up to where the next run would begin.
BodyFramer::Piece BodyFramer::next_chunked(std::string_view bytes) noexcept {
  Piece piece;
  while (piece.consumed < bytes.size() && place_ != Place::finished && place_ != Place::invalid) {
    if (place_ != Place::data) {
      place_ = step(bytes[piece.consumed]);
      if (place_ != Place::invalid) ++piece.consumed;
      continue;
    }
    if (!piece.payload.empty()) break;
    piece.payload = bytes.substr(piece.consumed, remaining_);
    piece.consumed += piece.payload.size();
    remaining_ -= piece.payload.size();
    if (remaining_ == 0) place_ = Place::data_cr;
  }
  piece.status = place_ == Place::finished  ? Status::finished
                 : place_ == Place::invalid ? Status::invalid
                                            : Status::more;
  return piece;
}

bool BodyFramer::spend_budget() noexcept {
  if (budget_ == 0) return false;
  --budget_;
  return true;
}

BodyFramer::Place BodyFramer::size_digit(char byte) noexcept {
  const std::uint8_t digit = hex_value(byte);
  if (digit == kNoDigit || digits_ == kMaxSizeDigits) return Place::invalid;
  ++digits_;
  remaining_ = remaining_ << 4 | digit;
  return Place::size;
}

BodyFramer::Place BodyFramer::step(char byte) noexcept {
  switch (place_) {
    case Place::size_first:
      digits_ = 0;
      remaining_ = 0;
      return size_digit(byte);
    case Place::size:
      if (byte == '\r') return Place::size_lf;
      if (byte == ';') return spend_budget() ? Place::extension : Place::invalid;
      if (is_blank(byte)) return spend_budget() ? Place::padding : Place::invalid;
      return size_digit(byte);
    case Place::padding:
      if (byte == '\r') return Place::size_lf;
      if (byte == ';') return spend_budget() ? Place::extension : Place::invalid;
      return is_blank(byte) && spend_budget() ? Place::padding : Place::invalid;
    case Place::extension:
      if (byte == '\r') return Place::size_lf;
      return is_text(byte) && spend_budget() ? Place::extension : Place::invalid;
    case Place::size_lf:
      if (byte != '\n') return Place::invalid;
      return remaining_ == 0 ? Place::trailer_first : Place::data;
    case Place::data_cr:
      return byte == '\r' ? Place::data_lf : Place::invalid;
    case Place::data_lf:
      return byte == '\n' ? Place::size_first : Place::invalid;
    case Place::trailer_first:
      if (byte == '\r') return Place::last_lf;
      return is_text(byte) && spend_budget() ? Place::trailer : Place::invalid;
    case Place::trailer:
      if (byte == '\r') return Place::trailer_lf;
      return is_text(byte) && spend_budget() ? Place::trailer : Place::invalid;
    case Place::trailer_lf:
      return byte == '\n' ? Place::trailer_first : Place::invalid;
    case Place::last_lf:
      return byte == '\n' ? Place::finished : Place::invalid;
    case Place::data:
    case Place::finished:
    case Place::invalid:
      break;  // next_chunked does not ask
  }
  return Place::invalid;
}

std::size_t write_chunk_head(char* out, std::size_t payload_bytes) noexcept {
  char* const end = std::to_chars(out, out + kChunkHeadBytes, payload_bytes, 16).ptr;
  return static_cast<std::size_t>(std::copy(kChunkTail.begin(), kChunkTail.end(), end) - out);
}

}  // namespace baton::http
