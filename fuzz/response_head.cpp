// Response heads: whole against split at every byte, and what is accepted against a strict second reader.
#include "fuzz/heads.hpp"
#include "fuzz/strict_head.hpp"

namespace {

using namespace baton;

constexpr std::string_view kEarlier =
    "HTTP/1.0 404 Not Found\r\nContent-Length: 7\r\nConnection: keep-alive, X\r\nX: y\r\n\r\n";

void require_strict(const http::ResponseHead& head) {
  const auto lines = fuzz::strict_lines(head.raw);
  fuzz::require_strict_fields(head, lines);
  std::string_view line = lines[0];
  fuzz::require(line.starts_with(head.version_minor == 1 ? "HTTP/1.1 " : "HTTP/1.0 "),
                "a status line begins with the version");
  line.remove_prefix(9);
  fuzz::require(
      fuzz::is_digits(line.substr(0, 3)) && head.status == std::stoi(std::string(line.substr(0, 3))),
      "a status is three digits");
  line.remove_prefix(3);
  fuzz::require(line.empty() || line.front() == ' ', "the status ends the line or a space follows");
  fuzz::require(head.reason == (line.empty() ? line : line.substr(1)), "the rest is the reason phrase");
  bool chunked = false;
  for (const http::Header& header : head.headers()) {
    chunked |= fuzz::same_word(header.name, "transfer-encoding");
  }
  const bool bodiless = head.status < 200 || head.status == 204 || head.status == 304;
  fuzz::require(head.framing == (bodiless                  ? http::Framing::none
                                 : chunked                 ? http::Framing::chunked
                                 : head.has_content_length ? http::Framing::content_length
                                                           : http::Framing::until_close),
                "a response's body is framed as its status and fields say (RFC 9112 section 6.3)");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact memory(fuzz::text_of(data, size));
  fuzz::require_same_however_it_is_cut<http::ResponseParser>(memory.view(), kEarlier);
  http::ResponseParser parser;
  if (parser.feed(memory.view()) == http::Parse::complete) require_strict(parser.head());
  return 0;
}
