// What a head means.
#include "harness/http/head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace baton::http {
namespace {

// The heads' texts are literals, so views into them stay good.
class Request {
 public:
  explicit Request(std::string_view text) {
    EXPECT_EQ(parser_.feed(text), Parse::complete) << parser_.error();
  }
  const RequestHead* operator->() const { return &parser_.head(); }

 private:
  RequestParser parser_;
};

class Response {
 public:
  explicit Response(std::string_view text) {
    EXPECT_EQ(parser_.feed(text), Parse::complete) << parser_.error();
  }
  const ResponseHead* operator->() const { return &parser_.head(); }
  const ResponseHead& operator*() const { return parser_.head(); }

 private:
  ResponseParser parser_;
};

TEST(Head, a_request_line_is_method_target_and_version) {
  const Request request("DELETE /a?b=c HTTP/1.0\r\n\r\n");
  EXPECT_EQ(request->method, HTTP_DELETE);
  EXPECT_EQ(request->method_name, "DELETE");
  EXPECT_EQ(request->target, "/a?b=c");
  EXPECT_EQ(request->version_minor, 0);
  EXPECT_FALSE(request->has_host);
}

TEST(Head, a_status_line_is_version_status_and_reason) {
  const Response response("HTTP/1.1 404 Not here\r\n\r\n");
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->reason, "Not here");
  EXPECT_EQ(response->version_minor, 1);
}

TEST(Head, headers_are_found_without_case_and_values_have_no_white_space_around_them) {
  const Request request("GET / HTTP/1.1\r\nHost: a\r\nX-One: \t 1 \t \r\nx-one: 2\r\nNone:\r\n\r\n");
  ASSERT_NE(request->find("x-ONE"), nullptr);
  EXPECT_EQ(request->find("x-ONE")->value, "1") << "the first of that name";
  EXPECT_EQ(request->find("none")->value, "");
  EXPECT_EQ(request->find("x-on"), nullptr);
  EXPECT_EQ(request->headers().size(), 4U);
}

TEST(Head, raw_goes_from_the_start_line_to_the_empty_line_and_consumed_counts_empty_lines_before_it) {
  RequestParser parser;
  ASSERT_EQ(parser.feed("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET"), Parse::complete);
  EXPECT_EQ(parser.head().raw, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(parser.consumed(), parser.head().raw.size() + 4);
}

TEST(Head, a_connection_persists_as_version_and_connection_say) {
  EXPECT_TRUE(Request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")->keep_alive);
  EXPECT_FALSE(Request("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n")->keep_alive);
  EXPECT_FALSE(Request("GET / HTTP/1.1\r\nHost: a\r\nConnection: x , close\r\n\r\n")->keep_alive);
  EXPECT_FALSE(
      Request("GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\n")->keep_alive);
  EXPECT_TRUE(Request("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n")->keep_alive);
  EXPECT_FALSE(Request("GET / HTTP/1.0\r\n\r\n")->keep_alive);
  EXPECT_TRUE(Request("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")->keep_alive);
  EXPECT_FALSE(Request("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n")->keep_alive);
  EXPECT_FALSE(Response("HTTP/1.0 200 OK\r\n\r\n")->keep_alive);
  EXPECT_TRUE(Response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")->keep_alive);
}

TEST(Head, a_request_body_is_framed_by_length_or_chunks_and_otherwise_absent) {
  EXPECT_EQ(Request("POST / HTTP/1.1\r\nHost: a\r\n\r\n")->framing, Framing::none);
  const Request sized("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0123\r\n\r\n");
  EXPECT_EQ(sized->framing, Framing::content_length);
  EXPECT_EQ(sized->content_length, 123U);
  EXPECT_EQ(Request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")->framing,
            Framing::chunked);
}

TEST(Head, a_response_body_lasts_until_the_close_unless_headers_or_the_status_say_otherwise) {
  EXPECT_EQ(Response("HTTP/1.1 200 OK\r\n\r\n")->framing, Framing::until_close);
  EXPECT_EQ(Response("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")->framing, Framing::content_length);
  EXPECT_EQ(Response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")->framing, Framing::chunked);
  EXPECT_EQ(Response("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n")->framing,
            Framing::none);
  EXPECT_EQ(Response("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n")->framing, Framing::none);
  EXPECT_EQ(Response("HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\n")->framing, Framing::none);
}

TEST(Head, the_answer_to_head_has_no_body_whatever_it_says) {
  const Response response("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
  EXPECT_EQ(response_framing(HTTP_HEAD, *response), Framing::none);
  EXPECT_EQ(response_framing(HTTP_GET, *response), Framing::content_length);
}

TEST(Head, expect_counts_only_in_http_1_1_and_only_for_100_continue) {
  EXPECT_TRUE(Request("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n")->expects_continue);
  EXPECT_FALSE(Request("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n")->expects_continue);
  EXPECT_FALSE(Request("POST / HTTP/1.1\r\nHost: a\r\nExpect: else\r\n\r\n")->expects_continue);
}

TEST(Head, an_absolute_target_overrules_host) {
  const Request request("GET http://me:word@real.org:81?q HTTP/1.1\r\nHost: other\r\n\r\n");
  EXPECT_TRUE(request->absolute_form);
  EXPECT_EQ(request->host, "real.org:81");
  EXPECT_EQ(Request("GET /x?http://a HTTP/1.1\r\nHost: other\r\n\r\n")->host, "other");
}

TEST(Head, a_parser_forgets_the_head_before) {
  RequestParser parser;
  ASSERT_EQ(parser.feed("POST http://x/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"
                        "Connection: close\r\n\r\n"),
            Parse::complete);
  parser.reset();
  ASSERT_EQ(parser.feed("GET / HTTP/1.1\r\nHost: b\r\n\r\n"), Parse::complete);
  const RequestHead& head = parser.head();
  EXPECT_EQ(head.framing, Framing::none);
  EXPECT_FALSE(head.has_content_length);
  EXPECT_FALSE(head.expects_continue);
  EXPECT_FALSE(head.absolute_form);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_TRUE(head.not_forwarded.none());
  EXPECT_EQ(head.headers().size(), 1U);
}

}  // namespace
}  // namespace baton::http
