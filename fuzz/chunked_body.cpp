// Chunked bodies: whole against split at every byte and byte by byte, and what is complete against a second
// decoder that reads line by line.
#include <charconv>
#include <optional>
#include <string>

#include "fuzz/target.hpp"
#include "harness/http/body.hpp"

namespace {

using namespace baton;
using Status = http::BodyFramer::Status;

struct Decoded {
  std::string payload;
  std::size_t consumed = 0;
  Status status = Status::more;
  bool operator==(const Decoded&) const = default;
};

void feed(http::BodyFramer& framer, std::string_view bytes, Decoded& decoded) {
  while (!bytes.empty() && decoded.status == Status::more) {
    const http::BodyFramer::Piece piece = framer.next(bytes);
    fuzz::require(piece.consumed <= bytes.size(), "no more is consumed than there is");
    fuzz::require(piece.consumed > 0 || piece.status != Status::more, "every call gets on");
    decoded.payload += piece.payload;
    decoded.consumed += piece.consumed;
    decoded.status = piece.status;
    bytes.remove_prefix(piece.consumed);
  }
}

// In reads of `first` bytes and then of `each`, every one in a block of its own.
Decoded decode(std::string_view bytes, std::size_t first, std::size_t each) {
  http::BodyFramer framer;
  framer.start(http::Framing::chunked, 0);
  Decoded decoded;
  for (std::size_t next = first; !bytes.empty(); next = each) {
    const fuzz::Exact part(bytes.substr(0, next));
    feed(framer, part.view(), decoded);
    bytes.remove_prefix(part.view().size());
    if (decoded.status != Status::more) break;
  }
  return decoded;
}

// By lines (RFC 9112 section 7.1). nullopt: not a whole and valid body. Knows no bound on extensions.
std::optional<Decoded> decode_by_lines(std::string_view bytes) {
  Decoded decoded;
  std::string_view rest = bytes;
  const auto line = [&]() -> std::optional<std::string_view> {
    const std::size_t end = rest.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest.substr(0, end);
    for (const char c : text) {
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return std::nullopt;
    }
    rest.remove_prefix(end + 2);
    return text;
  };
  for (;;) {
    const auto head = line();
    if (!head) return std::nullopt;
    const std::size_t digits = head->find_first_not_of("0123456789abcdefABCDEF");
    const std::string_view number = head->substr(0, digits);
    if (number.empty() || number.size() > 15) return std::nullopt;
    const std::string_view behind = digits == std::string_view::npos ? "" : head->substr(digits);
    const std::size_t mark = behind.find_first_not_of(" \t");
    if (mark != std::string_view::npos && behind[mark] != ';') return std::nullopt;
    std::size_t size = 0;
    std::from_chars(number.data(), number.data() + number.size(), size, 16);
    if (size == 0) break;
    if (rest.size() < size + 2 || rest.substr(size, 2) != "\r\n") return std::nullopt;
    decoded.payload += rest.substr(0, size);
    rest.remove_prefix(size + 2);
  }
  for (;;) {
    const auto trailer = line();
    if (!trailer) return std::nullopt;
    if (trailer->empty()) break;
  }
  decoded.consumed = bytes.size() - rest.size();
  decoded.status = Status::finished;
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  const Decoded whole = decode(bytes, size, size);
  for (std::size_t cut = 1; cut < size; ++cut) {
    fuzz::require(decode(bytes, cut, size) == whole, "a body in two reads decodes as if whole");
  }
  fuzz::require(decode(bytes, 1, 1) == whole, "a body byte by byte decodes as if whole");
  const auto expected = decode_by_lines(bytes);
  if (whole.status == Status::finished) {
    fuzz::require(expected == whole, "the second decoder agrees on a whole body");
  } else if (size <= http::kMaxChunkOverhead) {  // no bound can have been met
    fuzz::require(!expected, "a body that the second decoder finds whole is finished");
  }
  return 0;
}
