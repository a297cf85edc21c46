// Logs whose fields have names: W3C and JSON lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/trace/fields.hpp"
#include "harness/trace/line_reader.hpp"

namespace baton::trace {
namespace {

using testing::HasSubstr;

LogLine read(LineReader& reader, std::string_view text) {
  LogLine line;
  EXPECT_TRUE(reader.read(text, line))
      << text << ": " << kUnreadWords[static_cast<std::size_t>(reader.why())];
  return line;
}
LogLine read(std::string_view text) {
  LineReader reader;
  LogLine line = read(reader, text);
  EXPECT_GE(line.client.data(), text.data());  // it points into the line and not into the reader
  EXPECT_LE(line.client.data() + line.client.size(), text.data() + text.size());
  return line;
}
Unread why(std::string_view text) {
  LineReader reader;
  LogLine line;
  EXPECT_FALSE(reader.read(text, line)) << text;
  return reader.why();
}
std::uint32_t head(std::string_view request_line, std::size_t referer = 0, std::size_t agent = 0) {
  return request_head_bytes(request_line.size(), referer, agent);
}

constexpr std::int64_t kMay17 = 1431857103;

TEST(JsonLine, OfNginx) {
  const LogLine line = read(
      R"({"time_iso8601":"2015-05-17T12:05:03+02:00","remote_addr":"10.0.0.1","request":"GET /a HTTP/1.1",)"
      R"("status":"200", "body_bytes_sent" : "203023", "http_referer":"","http_user_agent":"A \"B\""})");
  EXPECT_EQ(line.time.second, kMay17);
  EXPECT_EQ(line.client, "10.0.0.1");
  EXPECT_EQ(line.method, Method::get);
  EXPECT_EQ(line.body_bytes, 203023U);
  EXPECT_EQ(line.head_bytes, head("GET /a HTTP/1.1", 0, std::string_view(R"(A \"B\")").size()));
}

TEST(JsonLine, OfCaddyNestsAndHasArrays) {
  const LogLine line = read(
      R"({"level":"info","ts":1431857103.25,"logger":"x","request":{"remote_ip":"10.0.0.9","client_ip":"10.0.0.1",)"
      R"("proto":"HTTP/2.0","method":"POST","uri":"/a?b=c","headers":{"User-Agent":["curl/8","other agent"],)"
      R"("Accept":["*/*"],"Empty":[]},"tls":{"resumed":false}},"bytes_read":0,"duration":0.001,"size":10900,"status":200})");
  EXPECT_EQ(line.time.second, kMay17);
  EXPECT_EQ(line.time.microsecond, 250'000);
  EXPECT_EQ(line.client, "10.0.0.1");
  EXPECT_EQ(line.method, Method::post);
  EXPECT_EQ(line.body_bytes, 10900U);
  EXPECT_EQ(line.head_bytes, head("POST /a?b=c HTTP/1.1", 0, 6));
}

TEST(JsonLine, OfTraefikTakesTheFinerOfItsTimes) {
  const LogLine line =
      read(R"({"ClientHost":"10.0.0.1","DownstreamContentSize":7,"RequestMethod":"HEAD","RequestPath":"/",)"
           R"("StartUTC":"2015-05-17T10:05:03.000001Z","time":"2015-05-17T10:05:04Z"})");
  EXPECT_EQ(line.time.second, kMay17);
  EXPECT_EQ(line.time.microsecond, 1);
  EXPECT_EQ(line.method, Method::head);
}

TEST(JsonLine, TakesWhatIsThereOfSeveralNames) {
  const LogLine line =
      read(R"({"start_time":"2015-05-17T10:05:03.5Z","method":"GET","path":"/","x_forwarded_for":null,)"
           R"("downstream_remote_address":"10.0.0.1:5000","bytes_sent":-,"user_agent":"-"})");
  EXPECT_EQ(line.client, "10.0.0.1:5000");
  EXPECT_EQ(line.body_bytes, 0U);
  EXPECT_EQ(line.head_bytes, head("GET / HTTP/1.1"));
}

TEST(JsonLine, HasTheNamesThatTheMapGives) {
  LineReader reader(FieldMap("time=when,client=who.ip,method=how,size=much,head=in"));
  const LogLine line =
      read(reader,
           R"({"ts":1,"when":1431857103,"who":{"ip":"x"},"ip":"y","how":"PUT","size":5,"much":6,"in":512})");
  EXPECT_EQ(line.time.second, kMay17);
  EXPECT_EQ(line.client, "x");
  EXPECT_EQ(line.method, Method::put);
  EXPECT_EQ(line.body_bytes, 6U);
  EXPECT_EQ(line.head_bytes, 512U);
}

TEST(JsonLine, MayDifferFromTheOneBefore) {
  LineReader reader;
  EXPECT_EQ(read(reader, R"({"ts":1431857103,"ip":"a","method":"GET","size":1})").client, "a");
  const LogLine line =
      read(reader, R"({"size":2,"method":"PUT","x":[{"ip":"c"},2],"ip":"b","ts":1431857104})");
  EXPECT_EQ(line.client, "b");
  EXPECT_EQ(line.body_bytes, 2U);
  EXPECT_EQ(line.time.second, kMay17 + 1);
}

TEST(JsonLine, IsLeftOutForAReason) {
  EXPECT_EQ(why("{"), Unread::no_json);
  EXPECT_EQ(why("{}x"), Unread::no_json);
  EXPECT_EQ(why(R"({"ts":1)"), Unread::no_json);
  EXPECT_EQ(why(R"({"ts":})"), Unread::no_json);
  EXPECT_EQ(why(R"({"ts" 1})"), Unread::no_json);
  EXPECT_EQ(why(R"({ts:1})"), Unread::no_json);
  EXPECT_EQ(why(R"({"ts":1,})"), Unread::no_json);
  EXPECT_EQ(why(R"({"a":[1,2})"), Unread::no_json);
  EXPECT_EQ(why(R"({"ts":"1})"), Unread::no_json);
  EXPECT_EQ(why(R"({"x":)" + std::string(40, '[') + std::string(40, ']') + "}"), Unread::no_json);
  EXPECT_EQ(why("{}"), Unread::no_client);
  EXPECT_EQ(why(R"({"ip":"a"})"), Unread::no_time);
  EXPECT_EQ(why(R"({"ip":"a","ts":"soon"})"), Unread::no_time);
  EXPECT_EQ(why(R"({"ip":"a","ts":1})"), Unread::no_request);
  EXPECT_EQ(why(R"({"ip":"a","ts":1,"method":"g e t"})"), Unread::not_http);
  EXPECT_EQ(why(R"({"ip":"a","ts":1,"request":"\u0016\u0003"})"), Unread::not_http);
  EXPECT_EQ(why(R"({"ip":"a","ts":1,"method":"GET"})"), Unread::no_size);
  EXPECT_EQ(why(R"({"ip":"a","ts":1,"method":"GET","size":-3})"), Unread::no_size);
}

TEST(W3cLine, OfIis) {
  LineReader reader;
  reader.directive("#Software: Microsoft Internet Information Services 10.0");
  reader.directive(
      "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) "
      "cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken");
  const LogLine line = read(
      reader, "2015-05-17 10:05:03 10.0.0.2 GET /a b=c 443 - 10.0.0.1 Mozilla/5.0+(X) - 200 0 0 1234 321 15");
  EXPECT_EQ(line.time.second, kMay17);
  EXPECT_EQ(line.client, "10.0.0.1");
  EXPECT_EQ(line.body_bytes, 1234U);
  EXPECT_EQ(line.head_bytes, head("GET /a?b=c HTTP/1.1", 0, std::string_view("Mozilla/5.0+(X)").size()));
}

TEST(W3cLine, OfCloudFrontHasTabs) {
  LineReader reader;
  reader.directive("#Version: 1.0");
  reader.directive(
      "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status");
  const LogLine line =
      read(reader, "2015-05-17\t10:05:03\tFRA2-C1\t392\t2001:db8::1\tGET\td1.example.net\t/a\t200");
  EXPECT_EQ(line.client, "2001:db8::1");
  EXPECT_EQ(line.body_bytes, 392U);
}

TEST(W3cLine, MayHaveItsDateInADirectiveAndItsFieldsMayChange) {
  LineReader reader;
  reader.directive("#Date: 2015-05-17 00:00:00");
  reader.directive("#Fields:\ttime c-ip   cs-method sc-bytes");
  EXPECT_EQ(read(reader, "10:05:03.5  10.0.0.1 GET 7").time.microsecond, 500'000);
  reader.directive("#Fields: c-ip sc-bytes cs-method date time");
  const LogLine line = read(reader, "\"10.0.0.2\" - GET 2015-05-17 10:05:04");
  EXPECT_EQ(line.client, "10.0.0.2");
  EXPECT_EQ(line.body_bytes, 0U);
  EXPECT_EQ(line.time.second, kMay17 + 1);
}

TEST(W3cLine, ThatSaysTooLittleMayBeOfAnotherFormat) {
  LineReader reader;
  LogLine line;
  reader.directive("#Fields: date time c-ip cs-method sc-bytes");
  EXPECT_EQ(read(reader, R"(h - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 7)").client, "h");
  EXPECT_EQ(read(reader, R"({"ts":1431857103,"ip":"a","method":"GET","size":1})").client, "a");
  EXPECT_FALSE(reader.read("2015-05-17 10:05:03 10.0.0.1 GET", line));
  EXPECT_EQ(reader.why(), Unread::no_size);
  EXPECT_FALSE(reader.read("2015-05-17", line));
  EXPECT_EQ(reader.why(), Unread::no_client);
  reader.directive("#Fields:");
  EXPECT_FALSE(reader.read("2015-05-17 10:05:03 10.0.0.1 GET 7", line));
}

TEST(FieldMap, OfWhatIsNoneSaysWhatIsValid) {
  const auto refusal = [](std::string_view given) {
    try {
      const FieldMap map(given);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("taken");
  };
  EXPECT_THAT(refusal("time"), HasSubstr("'time' is not ROLE=NAME"));
  EXPECT_THAT(refusal("time="), HasSubstr("'time=' is not ROLE=NAME"));
  EXPECT_THAT(refusal("when=ts"), HasSubstr("valid are time, date, client, method"));
  EXPECT_THAT(refusal("time=ts,time=t"), HasSubstr("gives time a second name"));
  EXPECT_THAT(refusal("time=ts,client=ts"), HasSubstr("gives 'ts' a second role"));
  EXPECT_EQ(refusal("time=ts,client=request.remote_ip"), "taken");
}

}  // namespace
}  // namespace baton::trace
