// What an intermediary makes of heads it accepted: a request and, behind it, a response. The head that is
// sent on has one reading, means the same, and has nothing of this connection in it.
#include <array>
#include <vector>

#include "fuzz/strict_head.hpp"
#include "harness/http/forward.hpp"

namespace {

using namespace baton;

constexpr std::string_view kAuthority = "origin.example:8080";

void require_end_to_end(const http::Head& sent, bool may_have_connection) {
  for (const http::Header& header : sent.headers()) {
    for (const std::string_view name : {"te", "trailer", "upgrade", "keep-alive", "proxy-connection",
                                        "expect", "proxy-authenticate", "proxy-authorization"}) {
      fuzz::require(!fuzz::same_word(header.name, name), "a hop-by-hop field stays behind");
    }
    fuzz::require(may_have_connection || !fuzz::same_word(header.name, "connection"),
                  "the sender's Connection stays behind");
  }
}

void forward_request(const http::RequestHead& request) {
  std::vector<char> memory(request.raw.size() + 256);
  http::HeadWriter out(memory.data(), memory.size());
  http::write_forwarded_request(out, request, kAuthority);
  fuzz::require(!out.overflowed(), "what is added to a request is bounded");
  http::RequestParser parser;
  fuzz::require(parser.feed(out.written()) == http::Parse::complete, "a forwarded request is a good one");
  fuzz::require(parser.consumed() == out.written().size(), "a forwarded request is one head");
  const http::RequestHead& sent = parser.head();
  fuzz::require_strict_fields(sent, fuzz::strict_lines(sent.raw));
  require_end_to_end(sent, false);
  fuzz::require(sent.method_name == request.method_name, "the method is kept");
  fuzz::require(sent.framing == request.framing && sent.has_content_length == request.has_content_length &&
                    sent.content_length == request.content_length,
                "the body is framed as it was");
  fuzz::require(sent.version_minor == 1 && !sent.absolute_form && !sent.expects_continue,
                "an origin gets HTTP/1.1, no absolute target and no expectation");
  fuzz::require(sent.host == (request.has_host ? request.host : kAuthority), "the host is kept");
}

void forward_response(const http::RequestHead& request, const http::ResponseHead& response) {
  const http::Framing origin_framing = http::response_framing(request.method, response);
  const http::ClientFraming framing = http::client_framing(request, response, origin_framing);
  std::vector<char> memory(response.raw.size() + 256);
  http::HeadWriter out(memory.data(), memory.size());
  http::write_forwarded_response(out, request, response, framing);
  fuzz::require(!out.overflowed(), "what is added to a response is bounded");
  http::ResponseParser parser;
  fuzz::require(parser.feed(out.written()) == http::Parse::complete, "a forwarded response is a good one");
  fuzz::require(parser.consumed() == out.written().size(), "a forwarded response is one head");
  const http::ResponseHead& sent = parser.head();
  fuzz::require_strict_fields(sent, fuzz::strict_lines(sent.raw));
  require_end_to_end(sent, true);
  fuzz::require(sent.status == response.status && sent.reason == response.reason, "the status is kept");
  fuzz::require(http::response_framing(request.method, sent) == framing.framing,
                "the client reads the framing that was meant");
  if (framing.framing == http::Framing::content_length) {
    fuzz::require(sent.content_length == response.content_length, "the length is kept");
  }
  fuzz::require(sent.keep_alive == framing.keep_alive, "the client knows whether the connection lasts");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Exact memory(fuzz::text_of(data, size));
  http::RequestParser request;
  if (request.feed(memory.view()) != http::Parse::complete) return 0;
  forward_request(request.head());
  http::ResponseParser response;
  if (response.feed(memory.view().substr(request.consumed())) != http::Parse::complete) return 0;
  if (response.head().status < 200) return 0;  // interim answers are not forwarded
  forward_response(request.head(), response.head());
  return 0;
}
