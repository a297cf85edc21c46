#include "harness/trace/log_time.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace baton::trace {
namespace {

LogTime read(std::string_view text) {
  TimeReader times;
  LogTime time;
  EXPECT_TRUE(times.read(text, time)) << text;
  return time;
}
std::int64_t second(std::string_view text) { return read(text).second; }
std::int32_t microsecond(std::string_view text) { return read(text).microsecond; }
bool is_time(std::string_view text) {
  TimeReader times;
  LogTime time;
  return times.read(text, time);
}

constexpr std::int64_t kMay17 = 1431857103;  // date -u -d '2015-05-17 10:05:03' +%s

TEST(LogTime, OfEveryFormIsTheSame) {
  for (const char* const text : {"17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03Z", "2015-05-17 10:05:03",
                                 "2015-05-17T12:05:03+02:00", "2015-05-17T05:05:03-0500", "1431857103"}) {
    EXPECT_EQ(second(text), kMay17) << text;
    EXPECT_EQ(microsecond(text), -1) << text;
  }
}

TEST(LogTime, KeepsTheMicrosecondsThatAreTold) {
  for (const char* const text : {"2015-05-17T10:05:03.25Z", "2015-05-17 10:05:03,250", "1431857103.25",
                                 "1431857103250", "1431857103250000", "1431857103250000000",
                                 "1431857103250000.9", "2015-05-17T10:05:03.250000999+00:00"}) {
    EXPECT_EQ(second(text), kMay17) << text;
    EXPECT_EQ(microsecond(text), 250'000) << text;
  }
  EXPECT_EQ(microsecond("1431857103.000"), 0);
  EXPECT_EQ(microsecond("1431857103000"), 0);
}

TEST(LogTime, KnowsZonesAndLeapDays) {
  EXPECT_EQ(second("01/Jan/1970:00:00:00 +0000"), 0);
  EXPECT_EQ(second("01/Jan/1970:02:00:00 +0200"), 0);
  EXPECT_EQ(second("31/Dec/1969:18:30:00 -0530"), 0);
  EXPECT_EQ(second("29/Feb/2024:12:00:00 +0000"), 1709208000);
  EXPECT_EQ(second("2024-03-01T00:00:00Z") - second("2024-02-28T00:00:00Z"), 2 * 86'400);
}

TEST(LogTime, OfTwoFieldsIsInUtc) {
  LogTime time;
  ASSERT_TRUE(TimeReader::read("2015-05-17", "10:05:03", time));
  EXPECT_EQ(time.second, kMay17);
  ASSERT_TRUE(TimeReader::read("2015-05-17", "10:05:03.5", time));
  EXPECT_EQ(time.microsecond, 500'000);
  EXPECT_FALSE(TimeReader::read("", "10:05:03", time));
  EXPECT_FALSE(TimeReader::read("2015-05-17x", "10:05:03", time));
  EXPECT_FALSE(TimeReader::read("2015-05-17", "10:05", time));
}

TEST(LogTime, RemembersTheLastAndNothingElse) {
  TimeReader times;
  LogTime time;
  ASSERT_TRUE(times.read("1431857103.25", time));
  EXPECT_FALSE(times.read("1431857103.2x", time));
  ASSERT_TRUE(times.read("1431857103.25", time));
  EXPECT_EQ(time.microsecond, 250'000);
  ASSERT_TRUE(times.read("1431857104", time));
  EXPECT_EQ(time.second, kMay17 + 1);
  EXPECT_EQ(time.microsecond, -1);
  EXPECT_FALSE(times.read("", time));
}

TEST(LogTime, IsRefusedWhenItIsNone) {
  for (const char* const text :
       {"", "now", "17/Mai/2015:10:05:03 +0000", "17/May/2015:25:05:03 +0000", "17/May/2015:10:05:03",
        "17/May/2015:10:05:03 +00", "2015-13-17T10:05:03Z", "2015-05-17T10:05Z", "2015-05-17T10:05:03+2",
        "2015-05-17", "1.4e9", "-5", "1431857103.", "1431857103.5x", "123456789012345678901"})
    EXPECT_FALSE(is_time(text)) << text;
}

TEST(LogTime, CutOffAnywhereIsReadOrRefusedAndNothingElse) {
  for (const std::string_view whole :
       {"17/May/2015:10:05:03 +0000", "2015-05-17T10:05:03.250+02:00", "1431857103250000000.5"})
    for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes)
      static_cast<void>(is_time(std::string(whole.substr(0, bytes))));  // so that a sanitizer sees its end
}

}  // namespace
}  // namespace baton::trace
