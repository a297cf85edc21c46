// Common and Combined Log Format.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "harness/trace/line_reader.hpp"

namespace baton::trace {
namespace {

constexpr std::string_view kCombined =
    R"x(10.0.0.1 - bob [17/May/2015:10:05:03 +0000] "GET /a?b=c HTTP/1.1" 200 203023 "http://x.example/" "A (B; C)")x";

LogLine read(std::string_view text) {
  LineReader reader;
  LogLine line;
  EXPECT_TRUE(reader.read(text, line))
      << text << ": " << kUnreadWords[static_cast<std::size_t>(reader.why())];
  return line;
}
Unread why(std::string_view text) {
  LineReader reader;
  LogLine line;
  EXPECT_FALSE(reader.read(text, line)) << text;
  return reader.why();
}

TEST(LogLine, OfCombinedFormatSaysWhoWhenWhatAndHowMuch) {
  const LogLine line = read(kCombined);
  EXPECT_EQ(line.client, "10.0.0.1");
  EXPECT_EQ(line.time.second, 1431857103);  // date -u -d '2015-05-17 10:05:03' +%s
  EXPECT_EQ(line.method, Method::get);
  EXPECT_EQ(line.body_bytes, 203023U);
  EXPECT_EQ(line.head_bytes, request_head_bytes(std::string_view("GET /a?b=c HTTP/1.1").size(),
                                                std::string_view("http://x.example/").size(),
                                                std::string_view("A (B; C)").size()));
}

TEST(LogLine, OfCommonFormatHasNeitherRefererNorAgent) {
  const LogLine line = read(R"(::1 - - [17/May/2015:10:05:03 +0000] "HEAD / HTTP/1.0" 304 -)");
  EXPECT_EQ(line.method, Method::head);
  EXPECT_EQ(line.body_bytes, 0U);
  EXPECT_EQ(line.head_bytes, request_head_bytes(15, 0, 0));
  EXPECT_EQ(request_head_bytes(15, 0, 0), 15U + 2 + 32 + 2);
  EXPECT_EQ(request_head_bytes(15, 1, 1), 15U + 2 + 32 + 2 + 11 + 1 + 14 + 1);
}

TEST(LogLine, HasQuotesThatMayBeEscaped) {
  const LogLine line =
      read(R"(h - - [17/May/2015:10:05:03 +0000] "GET /\"x\" HTTP/1.1" 200 7 "-" "say \"hi\" \\")");
  EXPECT_EQ(line.body_bytes, 7U);
  EXPECT_EQ(line.head_bytes, request_head_bytes(std::string_view(R"(GET /\"x\" HTTP/1.1)").size(), 0,
                                                std::string_view(R"(say \"hi\" \\)").size()));
}

TEST(LogLine, IsLeftOutForAReason) {
  EXPECT_EQ(why(""), Unread::no_client);
  EXPECT_EQ(why("nothing"), Unread::no_client);
  EXPECT_EQ(why("h - - no time"), Unread::no_time);
  EXPECT_EQ(why("h - - [17/Mai/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1"), Unread::no_time);
  EXPECT_EQ(why("h - - [17/May/2015:10:05:03 +0000"), Unread::no_time);
  EXPECT_EQ(why("h - - [17/May/2015:25:05:03 +0000] \"GET / HTTP/1.1\" 200 1"), Unread::no_time);
  EXPECT_EQ(why("h - - [17/May/2015:10:05:03 +0000] GET / 200 1"), Unread::no_request);
  EXPECT_EQ(why("h - - [17/May/2015:10:05:03 +0000] \"GET / 200 1"), Unread::no_request);
  EXPECT_EQ(why("h - - [17/May/2015:10:05:03 +0000] \"\\x16\\x03\" 400 1"), Unread::not_http);
  EXPECT_EQ(why("h - - [17/May/2015:10:05:03 +0000] \"-\" 408 -"), Unread::not_http);
  EXPECT_EQ(why("h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" ok 1"), Unread::no_status);
  EXPECT_EQ(why("h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 many"), Unread::no_size);
  EXPECT_EQ(why("h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200"), Unread::no_size);
}

TEST(LogLine, CutOffAnywhereIsReadOrLeftOutAndNothingElse) {
  LineReader reader;
  LogLine line;
  for (std::size_t bytes = 0; bytes <= kCombined.size(); ++bytes) {
    const std::string exactly(kCombined.substr(0, bytes));  // so that a sanitizer sees its end
    static_cast<void>(reader.read(exactly, line));
  }
  EXPECT_TRUE(reader.read(kCombined, line));
}

}  // namespace
}  // namespace baton::trace
