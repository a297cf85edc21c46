// Request heads: whole against split at every byte, and what is accepted against a strict second reader.
#include "fuzz/heads.hpp"
#include "fuzz/strict_head.hpp"

namespace {

using namespace baton;

constexpr std::string_view kEarlier =
    "HEAD http://o.example/x HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 7\r\n"
    "Connection: keep-alive, X\r\nX: y\r\n\r\n";

void require_strict(const http::RequestHead& head) {
  const auto lines = fuzz::strict_lines(head.raw);
  fuzz::require_strict_fields(head, lines);
  const std::string_view line = lines[0];
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  fuzz::require(second != std::string_view::npos, "a request line has three parts");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);
  fuzz::require(fuzz::is_token(method) && head.method_name == method, "the method is the line's first word");
  fuzz::require(llhttp_method_name(head.method) == method, "a method is what it is called");
  fuzz::require(!target.empty() && head.target == target, "the target is the line's second word");
  fuzz::require(version == (head.version_minor == 1 ? "HTTP/1.1" : "HTTP/1.0"),
                "the version is the line's third word");
  std::size_t hosts = 0;
  bool chunked = false;
  for (const http::Header& header : head.headers()) {
    if (fuzz::same_word(header.name, "host")) ++hosts;
    chunked |= fuzz::same_word(header.name, "transfer-encoding");
  }
  fuzz::require(hosts == 1 || (hosts == 0 && head.version_minor == 0), "HTTP/1.1 has one Host");
  fuzz::require(head.framing == (chunked                   ? http::Framing::chunked
                                 : head.has_content_length ? http::Framing::content_length
                                                           : http::Framing::none),
                "a request's body is framed as its fields say (RFC 9112 section 6.3)");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact memory(fuzz::text_of(data, size));
  fuzz::require_same_however_it_is_cut<http::RequestParser>(memory.view(), kEarlier);
  http::RequestParser parser;
  if (parser.feed(memory.view()) == http::Parse::complete) require_strict(parser.head());
  return 0;
}
