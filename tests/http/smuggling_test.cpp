// Request smuggling: messages whose end two readers could see in different places. Each is refused as the
// section of RFC 9112 (or 9110) beside it asks, or where that leaves a choice, in the strict way.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "harness/http/body.hpp"
#include "harness/http/head.hpp"

namespace baton::http {
namespace {

using namespace std::string_literals;

struct Attack {
  std::string_view section;
  std::string_view what;
  std::string message;
};

std::string post(const std::string& lines) { return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"; }

std::vector<Attack> attacks_by_head() {
  return {
      {"9112 6.1", "CL.TE: both fields", post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n")},
      {"9112 6.1", "TE.CL: both fields", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n")},
      {"9112 6.1", "both fields in HTTP/1.0",
       "POST / HTTP/1.0\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"9112 6.1", "Transfer-Encoding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"9112 6.1", "TE.TE: a coding nobody knows behind chunked",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n")},
      {"9112 6.1", "TE.TE: chunked behind a coding nobody knows",
       post("Transfer-Encoding: x\r\nTransfer-encoding: chunked\r\n")},
      {"9112 6.1", "chunked applied twice", post("Transfer-Encoding: chunked, chunked\r\n")},
      {"9112 6.1", "chunked applied twice, in two fields",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {"9112 6.3 item 4", "chunked is not the last coding", post("Transfer-Encoding: chunked, gzip\r\n")},
      {"9112 6.3 item 4", "chunked is not there", post("Transfer-Encoding: gzip\r\n")},
      {"9112 6.3 item 4", "identity", post("Transfer-Encoding: identity\r\n")},
      {"9112 6.3 item 4", "a coding that only contains chunked", post("Transfer-Encoding: xchunked\r\n")},
      {"9112 6.3 item 4", "a parameter of chunked", post("Transfer-Encoding: chunked;x=y\r\n")},
      {"9112 6.3 item 4", "chunked in quotes", post("Transfer-Encoding: \"chunked\"\r\n")},
      {"9112 6.3 item 4", "an empty coding", post("Transfer-Encoding: \r\n")},
      {"9112 6.3 item 5", "lengths that differ", post("Content-Length: 5\r\nContent-Length: 6\r\n")},
      {"9112 6.3 item 5", "lengths that differ in one field", post("Content-Length: 5, 6\r\n")},
      {"9112 6.3 item 5", "equal lengths (may be refused)",
       post("Content-Length: 5\r\nContent-Length: 5\r\n")},
      {"9112 6.3 item 5", "equal lengths in one field (may be refused)", post("Content-Length: 5, 5\r\n")},
      {"9110 8.6", "a plus sign", post("Content-Length: +5\r\n")},
      {"9110 8.6", "a negative length", post("Content-Length: -5\r\n")},
      {"9110 8.6", "a hexadecimal length", post("Content-Length: 0x5\r\n")},
      {"9110 8.6", "an exponent", post("Content-Length: 5e0\r\n")},
      {"9110 8.6", "a blank inside", post("Content-Length: 5 0\r\n")},
      {"9110 8.6", "no digits", post("Content-Length: \r\n")},
      {"9110 8.6", "a length that wraps around 64 bits", post("Content-Length: 18446744073709551617\r\n")},
      {"9112 5.1", "a space before the colon", post("Transfer-Encoding : chunked\r\n")},
      {"9112 5.1", "a tab before the colon", post("Content-Length\t: 5\r\n")},
      {"9112 2.2", "a space before the first field",
       "POST / HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: a\r\n\r\n"},
      {"9112 5.2", "a folded line", post("X: y\r\n Transfer-Encoding: chunked\r\n")},
      {"9112 5.2", "a folded coding", post("Transfer-Encoding:\r\n chunked\r\n")},
      {"9112 5.2", "a folded length", post("Content-Length:\r\n\t5\r\n")},
      {"9112 2.2", "LF alone ends a field", post("X: y\nContent-Length: 5\r\n")},
      {"9112 2.2", "CR alone ends a field", post("X: y\rContent-Length: 5\r\n")},
      {"9112 2.2", "LF alone ends the request line", "POST / HTTP/1.1\nHost: a\r\n\r\n"},
      {"9112 2.2", "LF alone ends the head", "POST / HTTP/1.1\r\nHost: a\r\n\n"},
      {"9112 2.2", "CR CR LF ends a field", post("Transfer-Encoding: chunked\r\r\n")},
      {"9110 5.5", "NUL in a value", post("X: \0y\r\n"s)},
      {"9110 5.5", "a vertical tab before the coding",
       post("Transfer-Encoding:\x0b"
            "chunked\r\n")},
      {"9110 5.5", "a form feed behind the length", post("Content-Length: 5\x0c\r\n")},
      {"9110 5.1", "NUL in a name", post("Content-\0Length: 5\r\n"s)},
      {"9110 5.1", "a byte above 127 in a name", post("Content\xadLength: 5\r\n")},
      {"9112 3", "a second request in the request line", "GET / HTTP/1.1 GET /x HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"9112 3", "a space in the target", "GET /x y HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"9112 3.2", "two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
      {"9112 3.2", "no host", "GET / HTTP/1.1\r\n\r\n"},
      {"9112 3.2", "a host that is none", "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n"},
  };
}

std::vector<Attack> attacks_by_chunk() {
  return {
      {"9112 7.1", "a negative size", "-1\r\n"},
      {"9112 7.1", "a plus sign", "+1\r\nx\r\n0\r\n\r\n"},
      {"9112 7.1", "a hexadecimal prefix", "0x1\r\nx\r\n0\r\n\r\n"},
      {"9112 7.1", "no size", "\r\nx\r\n0\r\n\r\n"},
      {"9112 7.1", "a blank before the size", " 1\r\nx\r\n0\r\n\r\n"},
      {"9112 7.1", "a size that wraps around 64 bits", "10000000000000001\r\nx\r\n0\r\n\r\n"},
      {"9112 7.1", "LF alone behind the size", "1\nx\r\n0\r\n\r\n"},
      {"9112 7.1", "CR alone behind the size", "1\rx\r\n0\r\n\r\n"},
      {"9112 7.1", "more bytes than the size", "1\r\nxy\r\n0\r\n\r\n"},
      {"9112 7.1", "no line end behind the bytes", "1\r\nx0\r\n\r\n"},
      {"9112 7.1", "LF alone behind the bytes", "1\r\nx\n0\r\n\r\n"},
      {"9112 7.1.1", "an extension with LF alone (TERM.EXT)", "1;\nx\r\n0\r\n\r\n"},
      {"9112 7.1.1", "an extension with CR alone", "1;a\rb\r\nx\r\n0\r\n\r\n"},
      {"9112 7.1.1", "an extension with NUL", "1;\0\r\nx\r\n0\r\n\r\n"s},
      {"9112 7.1.2", "a trailer with LF alone", "0\r\nX: y\n\r\n"},
      {"9112 7.1.2", "the end with LF alone", "0\r\n\n"},
      {"9112 7.1.2", "the end with CR and another byte", "0\r\n\rX"},
  };
}

TEST(Smuggling, framing_that_conflicts_repeats_or_hides_is_refused_in_a_head) {
  for (const Attack& attack : attacks_by_head()) {
    RequestParser parser;
    EXPECT_EQ(parser.feed(attack.message), Parse::invalid) << "RFC " << attack.section << ": " << attack.what;
  }
}

TEST(Smuggling, framing_that_hides_is_refused_byte_by_byte_too) {
  for (const Attack& attack : attacks_by_head()) {
    RequestParser parser;
    Parse outcome = Parse::incomplete;
    for (std::size_t at = 0; at < attack.message.size() && outcome == Parse::incomplete; ++at) {
      outcome = parser.feed(std::string_view(attack.message).substr(at, 1));
    }
    EXPECT_EQ(outcome, Parse::invalid) << "RFC " << attack.section << ": " << attack.what;
  }
}

TEST(Smuggling, chunks_with_another_reading_are_refused) {
  for (const Attack& attack : attacks_by_chunk()) {
    BodyFramer body;
    body.start(Framing::chunked, 0);
    std::string_view rest = attack.message;
    BodyFramer::Piece piece;
    while (!rest.empty() && piece.status == BodyFramer::Status::more) {
      piece = body.next(rest);
      rest.remove_prefix(piece.consumed);
    }
    EXPECT_EQ(piece.status, BodyFramer::Status::invalid) << "RFC " << attack.section << ": " << attack.what;
  }
}

TEST(Smuggling, what_an_attack_is_made_of_is_good_alone) {
  for (const std::string& lines :
       {"Content-Length: 5\r\n"s, "Transfer-Encoding: chunked\r\n"s, "X: y\r\n"s}) {
    RequestParser parser;
    EXPECT_EQ(parser.feed(post(lines)), Parse::complete) << lines;
  }
}

}  // namespace
}  // namespace baton::http
