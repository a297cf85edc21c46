// Heads that two readers could understand differently are refused, each beside a neighbour that is not.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "harness/http/head.hpp"

namespace baton::http {
namespace {

using namespace std::string_literals;

struct Case {
  std::string_view what;
  std::string head;
};

std::string request(const std::string& lines) { return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"; }
std::string response(const std::string& lines) { return "HTTP/1.1 200 OK\r\n" + lines + "\r\n"; }

template <class Parser>
Parse parse(std::string_view head) {
  Parser parser;
  return parser.feed(head);
}

const std::vector<Case>& framing_lines() {
  static const std::vector<Case> kLines = {
      {"two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n"},
      {"two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n"},
      {"two lengths in one field", "Content-Length: 5, 5\r\n"},
      {"a signed length", "Content-Length: +5\r\n"},
      {"a negative length", "Content-Length: -5\r\n"},
      {"a hexadecimal length", "Content-Length: 0x5\r\n"},
      {"a fraction of a length", "Content-Length: 5.0\r\n"},
      {"an empty length", "Content-Length:\r\n"},
      {"a length with a space inside", "Content-Length: 1 2\r\n"},
      {"a length above 64 bits", "Content-Length: 18446744073709551621\r\n"},
      {"a length above 63 bits", "Content-Length: 9223372036854775808\r\n"},
      {"length and then chunked", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"},
      {"chunked and then length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"},
      {"another coding", "Transfer-Encoding: gzip\r\n"},
      {"identity", "Transfer-Encoding: identity\r\n"},
      {"an obscured coding", "Transfer-Encoding: xchunked\r\n"},
      {"an obscured coding at its end", "Transfer-Encoding: chunkedx\r\n"},
      {"a vertical tab before the coding",
       "Transfer-Encoding: \x0b"
       "chunked\r\n"},
      {"a quoted coding", "Transfer-Encoding: \"chunked\"\r\n"},
      {"a coding with a parameter", "Transfer-Encoding: chunked;q=1\r\n"},
      {"chunked twice in one field", "Transfer-Encoding: chunked, chunked\r\n"},
      {"chunked in front of another coding", "Transfer-Encoding: chunked, identity\r\n"},
      {"chunked behind another coding", "Transfer-Encoding: gzip, chunked\r\n"},
      {"chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"},
      {"another coding and then chunked", "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"},
      {"an empty coding", "Transfer-Encoding:\r\n"},
      {"white space before the colon", "Transfer-Encoding : chunked\r\n"},
      {"a tab before the colon", "Content-Length\t: 5\r\n"},
      {"a folded coding", "Transfer-Encoding:\r\n chunked\r\n"},
      {"a folded field", "X: a\r\n b\r\n"},
      {"a field folded with a tab", "X: a\r\n\tContent-Length: 5\r\n"},
      {"a folded empty line", "X: a\r\n \r\n"},
      {"a space in front of the first field's name", " Content-Length: 5\r\n"},
      {"NUL in a value", "X: a\0b\r\n"s},
      {"NUL in a name", "X\0: a\r\n"s},
      {"a control character in a value", "X: a\x01\r\n"},
      {"a space in a name", "X Y: a\r\n"},
      {"a name that is not a token", "X(Y): a\r\n"},
      {"an empty name", ": a\r\n"},
      {"a line without a colon", "Content-Length\r\n"},
      {"a line that ends with LF alone", "X: a\nContent-Length: 5\r\n"},
      {"a line that ends with CR alone", "X: a\rContent-Length: 5\r\n"},
      {"CR in a value", "X: a\rb\r\n"},
      {"CR twice", "X: a\r\r\n"},
      {"a head that ends with LF alone", "X: a\r\n\n"},
      {"a head that ends with CR and another byte", "X: a\r\n\rX"},
  };
  return kLines;
}

TEST(RefusedHeads, ambiguous_framing_and_lines_are_refused_in_requests) {
  for (const Case& line : framing_lines()) {
    EXPECT_EQ(parse<RequestParser>(request(line.head)), Parse::invalid) << line.what;
  }
}

TEST(RefusedHeads, ambiguous_framing_and_lines_are_refused_in_responses) {
  for (const Case& line : framing_lines()) {
    EXPECT_EQ(parse<ResponseParser>(response(line.head)), Parse::invalid) << line.what;
  }
}

TEST(RefusedHeads, what_only_looks_like_them_is_accepted) {
  const std::vector<Case> lines = {
      {"a length", "Content-Length: 5\r\n"},
      {"a length with spaces around it", "Content-Length:  5  \r\n"},
      {"the largest length", "Content-Length: 9223372036854775807\r\n"},
      {"chunked", "Transfer-Encoding: chunked\r\n"},
      {"chunked in capitals", "TRANSFER-ENCODING: CHUNKED\r\n"},
      {"a field that only looks like framing", "Content_Length: 5\r\nX-Transfer-Encoding: y\r\n"},
      {"an empty field", "X:\r\n"},
      {"a tab inside a value", "X: a\tb\r\n"},
      {"bytes above 127 in a value", "X: \xc3\xa4\r\n"},
  };
  for (const Case& line : lines) {
    EXPECT_EQ(parse<RequestParser>(request(line.head)), Parse::complete) << line.what;
    EXPECT_EQ(parse<ResponseParser>(response(line.head)), Parse::complete) << line.what;
  }
}

TEST(RefusedHeads, malformed_requests_are_refused) {
  const std::vector<Case> heads = {
      {"HTTP/0.9", "GET / HTTP/0.9\r\n\r\n"},
      {"no version", "GET /\r\n\r\n"},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
      {"an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"another protocol", "OPTIONS * RTSP/1.0\r\nHost: a\r\n\r\n"},
      {"a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n"},
      {"an unknown method", "YIELD / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"two spaces after the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"two spaces after the target", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a space behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
      {"a start line that ends with LF alone", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
      {"NUL in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s},
      {"a fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"no Host", "GET / HTTP/1.1\r\n\r\n"},
      {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
      {"two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n"},
      {"a space in Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
      {"a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
      {"user information in Host", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"},
      {"an absolute target without a host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"bytes of TLS", "\x16\x03\x01\x02"},
  };
  for (const Case& head : heads) EXPECT_EQ(parse<RequestParser>(head.head), Parse::invalid) << head.what;
}

TEST(RefusedHeads, malformed_responses_are_refused) {
  const std::vector<Case> heads = {
      {"HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n"},
      {"another protocol", "ICY/1.0 200 OK\r\n\r\n"},
      {"another protocol that llhttp knows", "RTSP/1.0 200 OK\r\n\r\n"},
      {"no status", "HTTP/1.1 OK\r\n\r\n"},
      {"a short status", "HTTP/1.1 20 OK\r\n\r\n"},
      {"a long status", "HTTP/1.1 2000 OK\r\n\r\n"},
      {"a status below 100", "HTTP/1.1 099 No\r\n\r\n"},
      {"two spaces before the status", "HTTP/1.1  200 OK\r\n\r\n"},
      {"a status line that ends with LF alone", "HTTP/1.1 200 OK\nX: a\r\n\r\n"},
      {"a status line that ends with CR alone", "HTTP/1.1 200 OK\rX: a\r\n\r\n"},
      {"NUL in the reason phrase", "HTTP/1.1 200 O\0K\r\n\r\n"s},
      {"an escape in the reason phrase", "HTTP/1.1 200 \x1b[2J\r\n\r\n"},
      {"chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
  };
  for (const Case& head : heads) EXPECT_EQ(parse<ResponseParser>(head.head), Parse::invalid) << head.what;
}

TEST(RefusedHeads, a_refusal_says_why_and_reset_forgets_it) {
  RequestParser parser;
  EXPECT_EQ(parser.feed("GET / HTTP/1.1\r\n\r\n"), Parse::invalid);
  EXPECT_STREQ(parser.error(), "no Host");
  parser.reset();
  EXPECT_EQ(parser.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Parse::complete);
  EXPECT_STREQ(parser.error(), "");
}

TEST(RefusedHeads, one_header_more_than_the_limit_is_too_large) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = 1; i < kMaxHeaders; ++i) head += "X: y\r\n";
  EXPECT_EQ(parse<RequestParser>(head + "\r\n"), Parse::complete);
  EXPECT_EQ(parse<RequestParser>(head + "X: y\r\n\r\n"), Parse::too_large);
}

TEST(RefusedHeads, a_connection_field_that_names_more_fields_than_a_head_can_have_is_refused) {
  std::string names = "Connection: x";
  for (std::size_t i = 1; i < kMaxHeaders; ++i) names += ",x";
  EXPECT_EQ(parse<RequestParser>(request(names + "\r\n")), Parse::complete);
  EXPECT_EQ(parse<RequestParser>(request(names + ",x\r\n")), Parse::invalid);
}

}  // namespace
}  // namespace baton::http
