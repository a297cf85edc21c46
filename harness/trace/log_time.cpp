#include "harness/trace/log_time.hpp"

#include <algorithm>
#include <cstring>

namespace baton::trace {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr int kMicroDigits = 6;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Two digits at `at`; negative if they are none.
int two_digits(const char* at) noexcept {
  return is_digit(at[0]) && is_digit(at[1]) ? 10 * (at[0] - '0') + (at[1] - '0') : -1;
}

// 1 to 12; 0 if it is none.
int month_of(const char* at) noexcept {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t found = kMonths.find(std::string_view(at, 3));
  return found == std::string_view::npos || found % 3 != 0 ? 0 : static_cast<int>(found / 3) + 1;
}

// Days since 1970 of a date of the Gregorian calendar (Howard Hinnant's algorithm), year 1 to 9999.
std::int64_t days_of(int year, int month, int day) noexcept {
  const int y = month <= 2 ? year - 1 : year;
  const int era = y / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return std::int64_t{era} * 146'097 + day_of_era - 719'468;
}

// Up to six digits of a fraction, of any number of them, off the front of `rest`, which is behind the point.
bool take_fraction(std::string_view& rest, std::int32_t& microsecond) noexcept {
  std::size_t digits = 0;
  microsecond = 0;
  for (; digits < rest.size() && is_digit(rest[digits]); ++digits)
    if (digits < kMicroDigits) microsecond = 10 * microsecond + (rest[digits] - '0');
  for (std::size_t i = digits; i < kMicroDigits; ++i) microsecond *= 10;
  rest.remove_prefix(digits);
  return digits != 0;
}

// 2015-05-17 off the front.
bool take_date(std::string_view& rest, std::int64_t& second) noexcept {
  constexpr std::size_t kBytes = 10;
  if (rest.size() < kBytes || rest[4] != '-' || rest[7] != '-') return false;
  const int century = two_digits(rest.data()), year = two_digits(rest.data() + 2),
            month = two_digits(rest.data() + 5), day = two_digits(rest.data() + 8);
  if (century < 1 || year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return false;
  second = kDay * days_of(100 * century + year, month, day);
  rest.remove_prefix(kBytes);
  return true;
}

// 10:05:03 or 10:05:03.250 off the front; adds it to `time`.
bool take_clock(std::string_view& rest, LogTime& time) noexcept {
  constexpr std::size_t kBytes = 8;
  if (rest.size() < kBytes || rest[2] != ':' || rest[5] != ':') return false;
  const int hour = two_digits(rest.data()), minute = two_digits(rest.data() + 3),
            second = two_digits(rest.data() + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  time.second += 3'600 * std::int64_t{hour} + 60 * std::int64_t{minute} + second;
  time.microsecond = -1;
  rest.remove_prefix(kBytes);
  if (rest.empty() || (rest.front() != '.' && rest.front() != ',')) return true;
  rest.remove_prefix(1);
  return take_fraction(rest, time.microsecond);
}

// +0200, +02:00 or Z, and nothing behind it; takes it off `time`.
bool take_zone(std::string_view rest, LogTime& time) noexcept {
  if (rest.empty() || rest == "Z" || rest == "z") return true;
  if ((rest.front() != '+' && rest.front() != '-') || rest.size() < 5) return false;
  const bool colon = rest[3] == ':';
  if (rest.size() != (colon ? 6U : 5U)) return false;
  const int hours = two_digits(rest.data() + 1), minutes = two_digits(rest.data() + (colon ? 4 : 3));
  if (hours < 0 || minutes < 0) return false;
  const std::int64_t zone = 60 * (60 * std::int64_t{hours} + minutes);
  time.second += rest.front() == '-' ? zone : -zone;
  return true;
}

// 17/May/2015:10:05:03 +0000
bool read_common(std::string_view text, LogTime& time) noexcept {
  constexpr std::size_t kDateBytes = 12;
  const char* const at = text.data();
  if (text.size() <= kDateBytes || at[2] != '/' || at[6] != '/' || at[11] != ':') return false;
  const int day = two_digits(at), month = month_of(at + 3), century = two_digits(at + 7),
            year = two_digits(at + 9);
  if (day < 1 || day > 31 || month == 0 || century < 1 || year < 0) return false;
  time.second = kDay * days_of(100 * century + year, month, day);
  text.remove_prefix(kDateBytes);
  if (!take_clock(text, time) || text.empty() || text.front() != ' ') return false;
  text.remove_prefix(1);
  return !text.empty() && take_zone(text, time);
}

bool read_iso(std::string_view text, LogTime& time) noexcept {
  if (!take_date(text, time.second) || text.empty() || (text.front() != 'T' && text.front() != ' '))
    return false;
  text.remove_prefix(1);
  return take_clock(text, time) && take_zone(text, time);
}

// A decimal number since 1970. Up to 11 digits are seconds (to the year 5138), and each three more are a
// thousandth of what they were.
bool read_since_1970(std::string_view text, LogTime& time) noexcept {
  constexpr std::size_t kSecondDigits = 11, kMostDigits = 20;
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits == 0 || digits > kMostDigits) return false;
  const std::size_t below = digits <= kSecondDigits ? 0 : (digits - kSecondDigits + 2) / 3 * 3;
  time.second = 0;
  for (const char c : text.substr(0, digits - below)) time.second = 10 * time.second + (c - '0');
  time.microsecond = -1;
  std::string_view finer = text.substr(digits - below, below), rest = text.substr(digits);
  if (below != 0) static_cast<void>(take_fraction(finer, time.microsecond));
  if (rest.empty()) return true;
  if (rest.front() != '.') return false;
  rest.remove_prefix(1);
  std::int32_t microsecond = 0;
  if (!take_fraction(rest, microsecond) || !rest.empty()) return false;
  if (below == 0) time.microsecond = microsecond;  // else what is behind the point is finer than is kept
  return true;
}

}  // namespace

bool TimeReader::read(std::string_view text, LogTime& time) noexcept {
  if (text.size() == last_bytes_ && std::memcmp(text.data(), last_.data(), last_bytes_) == 0) {
    time = last_time_;
    return last_bytes_ != 0;
  }
  if (!read_common(text, time) && !read_iso(text, time) && !read_since_1970(text, time)) return false;
  if (text.size() > kRemembered) return true;
  last_bytes_ = text.size();
  std::ranges::copy(text, last_.begin());
  last_time_ = time;
  return true;
}

bool TimeReader::read(std::string_view date, std::string_view clock, LogTime& time) noexcept {
  return take_date(date, time.second) && date.empty() && take_clock(clock, time) && take_zone(clock, time);
}

}  // namespace baton::trace
