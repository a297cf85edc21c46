// What an intermediary sends on, compared as text and by parsing it again.
#include "harness/http/forward.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace baton::http {
namespace {

constexpr std::size_t kRoom = 4096;

std::string forward_request(std::string_view text, std::string_view authority = "origin:80",
                            std::size_t room = kRoom) {
  RequestParser parser;
  EXPECT_EQ(parser.feed(text), Parse::complete) << parser.error();
  std::array<char, kRoom> memory{};
  HeadWriter out(memory.data(), room);
  write_forwarded_request(out, parser.head(), authority);
  return out.overflowed() ? "overflow" : std::string(out.written());
}

// Forwards the origin's answer `response` to whoever sent `request`.
std::string forward_response(std::string_view response,
                             std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n") {
  RequestParser asked;
  EXPECT_EQ(asked.feed(request), Parse::complete) << asked.error();
  ResponseParser parser;
  EXPECT_EQ(parser.feed(response), Parse::complete) << parser.error();
  const Framing origin = response_framing(asked.head().method, parser.head());
  std::array<char, kRoom> memory{};
  HeadWriter out(memory.data(), memory.size());
  write_forwarded_response(out, asked.head(), parser.head(),
                           client_framing(asked.head(), parser.head(), origin));
  EXPECT_FALSE(out.overflowed());
  return std::string(out.written());
}

TEST(ForwardRequest, end_to_end_lines_go_on_as_they_are) {
  EXPECT_EQ(forward_request("GET /a HTTP/1.1\r\nHost:a\r\nX:  odd  \r\nCookie: b=c\r\n\r\n"),
            "GET /a HTTP/1.1\r\nHost:a\r\nX:  odd  \r\nCookie: b=c\r\nVia: 1.1 baton\r\n\r\n");
}

TEST(ForwardRequest, hop_by_hop_lines_stay_wherever_they_are) {
  EXPECT_EQ(forward_request(
                "GET / HTTP/1.1\r\nTE: trailers\r\nConnection: x\r\nHost: a\r\nKeep-Alive: 5\r\nA: 1\r\n"
                "Proxy-Connection: y\r\nupgrade: h2c\r\nTrailer: T\r\nProxy-Authorization: z\r\nB: 2\r\n"
                "EXPECT: 100-continue\r\n\r\n"),
            "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nVia: 1.1 baton\r\n\r\n");
}

TEST(ForwardRequest, lines_named_in_connection_stay) {
  EXPECT_EQ(forward_request("GET / HTTP/1.1\r\nX-Secret: 1\r\nHost: a\r\nConnection: close, x-SECRET\r\n"
                            "X-Public: 2\r\nConnection: other\r\nOther: 3\r\n\r\n"),
            "GET / HTTP/1.1\r\nHost: a\r\nX-Public: 2\r\nVia: 1.1 baton\r\n\r\n");
}

TEST(ForwardRequest, connection_cannot_take_away_routing_and_framing) {
  EXPECT_EQ(
      forward_request(
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: host, content-length\r\n\r\n"),
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nVia: 1.1 baton\r\n\r\n");
  EXPECT_EQ(forward_request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                            "Connection: transfer-encoding\r\n\r\n"),
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nVia: 1.1 baton\r\n\r\n");
}

TEST(ForwardRequest, an_http_1_0_request_goes_on_as_1_1_with_a_host) {
  EXPECT_EQ(forward_request("GET /a HTTP/1.0\r\nConnection: keep-alive\r\nA: 1\r\n\r\n"),
            "GET /a HTTP/1.1\r\nHost: origin:80\r\nA: 1\r\nVia: 1.0 baton\r\n\r\n");
  EXPECT_EQ(forward_request("GET /a HTTP/1.0\r\n\r\n"),
            "GET /a HTTP/1.1\r\nHost: origin:80\r\nVia: 1.0 baton\r\n\r\n");
  EXPECT_EQ(forward_request("GET /a HTTP/1.0\r\nHost: own\r\n\r\n"),
            "GET /a HTTP/1.1\r\nHost: own\r\nVia: 1.0 baton\r\n\r\n");
}

TEST(ForwardRequest, an_absolute_target_becomes_path_and_host) {
  const std::string rest = "HTTP/1.1\r\nHost: b:8\r\nA: 1\r\nVia: 1.1 baton\r\n\r\n";
  const std::string fields = " HTTP/1.1\r\nHost: a\r\nA: 1\r\n\r\n";
  EXPECT_EQ(forward_request("GET http://b:8/c?d" + fields), "GET /c?d " + rest);
  EXPECT_EQ(forward_request("GET http://b:8" + fields), "GET / " + rest);
  EXPECT_EQ(forward_request("GET http://u:p@b:8?q" + fields), "GET /?q " + rest);
  EXPECT_EQ(forward_request("OPTIONS http://b:8" + fields), "OPTIONS * " + rest);
}

TEST(ForwardRequest, what_was_forwarded_parses_to_the_same_request_and_forwards_to_the_same_lines) {
  for (const std::string_view text : {
           "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\nA:\r\nB: \t1\r\n\r\n",
           "POST http://h/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: a\r\nTE: x\r\n\r\n",
           "GET /x HTTP/1.0\r\n\r\n",
       }) {
    RequestParser before;
    ASSERT_EQ(before.feed(text), Parse::complete);
    const std::string once = forward_request(text);
    RequestParser after;
    ASSERT_EQ(after.feed(once), Parse::complete) << after.error() << "\n" << once;
    EXPECT_EQ(after.consumed(), once.size());
    EXPECT_EQ(after.head().method, before.head().method);
    EXPECT_EQ(after.head().framing, before.head().framing);
    EXPECT_EQ(after.head().content_length, before.head().content_length);
    EXPECT_TRUE(after.head().not_forwarded.none()) << once;
    EXPECT_EQ(forward_request(once), once.substr(0, once.size() - 2) + "Via: 1.1 baton\r\n\r\n");
  }
}

TEST(ForwardRequest, too_little_room_is_an_overflow_and_never_half_a_head) {
  const std::string_view text = "GET /a HTTP/1.1\r\nHost: a\r\nTE: x\r\nB: 2\r\n\r\n";
  const std::size_t needed = forward_request(text).size();
  for (std::size_t room = 0; room < needed; ++room)
    EXPECT_EQ(forward_request(text, "o", room), "overflow") << room;
  EXPECT_NE(forward_request(text, "o", needed), "overflow");
}

TEST(ForwardResponse, end_to_end_lines_go_on_as_they_are) {
  EXPECT_EQ(forward_response("HTTP/1.1 200 Fine\r\nServer: x\r\nContent-Length: 5\r\nETag: y\r\n\r\n"),
            "HTTP/1.1 200 Fine\r\nServer: x\r\nContent-Length: 5\r\nETag: y\r\n\r\n");
}

TEST(ForwardResponse, hop_by_hop_lines_stay_and_the_origins_wish_to_close_is_not_the_clients) {
  EXPECT_EQ(
      forward_response(
          "HTTP/1.0 200 OK\r\nConnection: close, x-a\r\nX-A: 1\r\nKeep-Alive: 5\r\nContent-Length: 5\r\n"
          "Upgrade: h2\r\nProxy-Authenticate: z\r\n\r\n"),
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}

TEST(ForwardResponse,
     a_body_of_unknown_length_is_chunked_towards_1_1_and_ends_with_the_connection_towards_1_0) {
  const std::string_view old_client = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  for (const std::string_view response :
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nA: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nA: 1\r\n\r\n"}) {
    EXPECT_EQ(forward_response(response), "HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_EQ(forward_response(response, old_client), "HTTP/1.1 200 OK\r\nA: 1\r\nConnection: close\r\n\r\n");
  }
}

TEST(ForwardResponse, connection_is_written_only_where_it_is_needed) {
  const std::string_view response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  EXPECT_EQ(forward_response(response, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(forward_response(response, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(forward_response(response, "GET / HTTP/1.0\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

TEST(ForwardResponse, answers_without_a_body_keep_the_length_they_speak_of_but_204_has_none) {
  const std::string_view head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(forward_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", head),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(forward_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", head),
            "HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(forward_response("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(forward_response("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nA: 1\r\n\r\n"),
            "HTTP/1.1 204 No Content\r\nA: 1\r\n\r\n");
}

TEST(ForwardResponse, a_status_line_without_a_reason_gets_the_space_that_belongs_there) {
  EXPECT_EQ(forward_response("HTTP/1.0 200\r\nContent-Length: 0\r\n\r\n"),
            "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n");
}

TEST(ErrorResponse, it_is_a_whole_response_with_its_reason_in_the_body) {
  for (const int status : {400, 431, 501, 502, 503, 504, 599}) {
    for (const bool keep_alive : {true, false}) {
      std::array<char, kRoom> memory{};
      HeadWriter out(memory.data(), memory.size());
      write_error_response(out, status, "why not", keep_alive, false);
      ResponseParser parser;
      ASSERT_EQ(parser.feed(out.written()), Parse::complete) << out.written();
      EXPECT_EQ(parser.head().status, status);
      EXPECT_EQ(parser.head().reason, status_reason(status));
      EXPECT_EQ(parser.head().keep_alive, keep_alive);
      const std::string body =
          std::to_string(status) + " " + std::string(status_reason(status)) + ": why not\n";
      EXPECT_EQ(out.written().substr(parser.consumed()), body);
      EXPECT_EQ(parser.head().content_length, body.size());
    }
  }
}

TEST(ErrorResponse, the_answer_to_head_has_the_same_head_and_no_body) {
  std::array<char, kRoom> memory{};
  HeadWriter whole(memory.data(), memory.size());
  write_error_response(whole, 503, "full", true, false);
  std::array<char, kRoom> other{};
  HeadWriter head(other.data(), other.size());
  write_error_response(head, 503, "full", true, true);
  EXPECT_EQ(head.written(), whole.written().substr(0, head.written().size()));
  EXPECT_TRUE(head.written().ends_with("\r\n\r\n"));
}

TEST(HeadWriter, what_does_not_fit_is_not_written_and_nothing_is_after_it) {
  std::array<char, 4> memory{};
  HeadWriter out(memory.data(), memory.size());
  out.add("abc");
  out.add("de");
  out.add("f");
  EXPECT_TRUE(out.overflowed());
  EXPECT_EQ(out.written(), "abc");
}

}  // namespace
}  // namespace baton::http
