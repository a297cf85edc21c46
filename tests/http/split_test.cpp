// However a head is cut into reads, the answer is the same, and no byte behind what was fed is looked at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "tests/http/describe.hpp"
#include "tests/http/page_end.hpp"

namespace baton::http {
namespace {

constexpr std::array<std::string_view, 8> kRequests = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /some/longer/path?with=query HTTP/1.1\r\nHost: example.org:8080\r\nEmpty:\r\nBlank:   \r\nPadded: "
    "\t x y \t \r\n"
    "Connection: close, X-Gone\r\nX-Gone: 1\r\nX-Kept: 2\r\n\r\n",
    "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n",
    "POST /form HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nTE: trailers\r\n\r\n",
    "GET http://user:word@other.org/x?y HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\n\r\nHEAD / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
    "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
};

constexpr std::array<std::string_view, 5> kResponses = {
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\n",
    "HTTP/1.1 404 Not  Found at all\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
    "HTTP/1.0 200\r\n\r\n",
    "HTTP/1.1 204 \r\nDate: now\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
};

// `head` cut at `first` and `second`, every part read where the next byte is unreadable: the parts are fed as
// a reader would see them, from one block, but with the rest not there yet.
template <class Parser>
std::string parse_cut(std::string_view head, std::size_t first, std::size_t second) {
  Parser parser;
  Parse outcome = Parse::incomplete;
  for (const auto& [from, to] : {std::pair{std::size_t{0}, first}, {first, second}, {second, head.size()}}) {
    if (from == to) continue;
    outcome = parser.feed(head.substr(from, to - from));
    if (outcome != Parse::incomplete) break;
  }
  return describe(parser, outcome);
}

template <class Parser>
void expect_same_at_every_cut(std::string_view head) {
  const PageEnd memory(head);
  const std::string whole = parse_whole<Parser>(memory.view());
  ASSERT_THAT(whole, testing::StartsWith("consumed ")) << head;
  for (std::size_t first = 0; first <= head.size(); ++first) {
    for (std::size_t second = first; second <= head.size(); ++second) {
      ASSERT_EQ(parse_cut<Parser>(memory.view(), first, second), whole)
          << "cut at " << first << " and " << second;
    }
  }
}

template <class Parser>
void expect_same_byte_by_byte(std::string_view head) {
  const PageEnd memory(head);
  Parser parser;
  for (std::size_t i = 0; i + 1 < head.size(); ++i) {
    ASSERT_EQ(parser.feed(memory.view().substr(i, 1)), Parse::incomplete)
        << "after " << i + 1 << " bytes of " << head;
  }
  const Parse outcome = parser.feed(memory.view().substr(head.size() - 1));
  EXPECT_EQ(describe(parser, outcome), parse_whole<Parser>(memory.view()));
}

template <class Parser>
void expect_every_prefix_is_incomplete(std::string_view head) {
  for (std::size_t bytes = 0; bytes < head.size(); ++bytes) {
    const PageEnd memory(head.substr(0, bytes));  // the byte that is missing cannot be read
    Parser parser;
    ASSERT_EQ(parser.feed(memory.view()), Parse::incomplete) << bytes << " bytes of " << head;
  }
}

TEST(SplitHeads, requests_cut_at_any_two_places_parse_as_if_whole) {
  for (const std::string_view head : kRequests) expect_same_at_every_cut<RequestParser>(head);
}

TEST(SplitHeads, responses_cut_at_any_two_places_parse_as_if_whole) {
  for (const std::string_view head : kResponses) expect_same_at_every_cut<ResponseParser>(head);
}

TEST(SplitHeads, heads_fed_byte_by_byte_parse_as_if_whole) {
  for (const std::string_view head : kRequests) expect_same_byte_by_byte<RequestParser>(head);
  for (const std::string_view head : kResponses) expect_same_byte_by_byte<ResponseParser>(head);
}

TEST(SplitHeads, a_prefix_is_incomplete_and_no_byte_behind_it_is_read) {
  for (const std::string_view head : kRequests) expect_every_prefix_is_incomplete<RequestParser>(head);
  for (const std::string_view head : kResponses) expect_every_prefix_is_incomplete<ResponseParser>(head);
}

TEST(SplitHeads, bytes_behind_the_head_are_left_alone) {
  for (const std::string_view head : kRequests) {
    const std::string more = std::string(head) + "GET /next HTTP/1.1\r\n\1\2\3";
    EXPECT_EQ(parse_whole<RequestParser>(more), parse_whole<RequestParser>(head));
  }
  for (const std::string_view head : kResponses) {
    const std::string more = std::string(head) + "\r\n\r\n\1\2\3";
    EXPECT_EQ(parse_whole<ResponseParser>(more), parse_whole<ResponseParser>(head));
  }
}

TEST(SplitHeads, pipelined_requests_come_out_one_by_one_from_any_two_reads) {
  std::string stream;
  std::string expected;
  for (const std::string_view head : kRequests) {
    stream += head;
    expected += parse_whole<RequestParser>(head);
  }
  const PageEnd memory(stream);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    RequestParser parser;
    std::string seen;
    std::size_t begin = 0;  // of the request being parsed
    std::size_t fed = 0;
    std::size_t readable = cut;  // then everything
    while (begin < stream.size()) {
      if (fed == readable) {
        ASSERT_EQ(readable, cut) << "a request never completed";
        readable = stream.size();
        if (fed == readable) break;
      }
      const Parse outcome = parser.feed(memory.view().substr(fed, readable - fed));
      fed = readable;
      if (outcome == Parse::incomplete) continue;
      seen += describe(parser, outcome);
      begin += parser.consumed();
      fed = begin;
      parser.reset();
    }
    ASSERT_EQ(seen, expected) << "cut at " << cut;
  }
}

}  // namespace
}  // namespace baton::http
