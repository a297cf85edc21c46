#include "harness/trace/log_line.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace baton::trace {
namespace {

constexpr std::size_t kHostField = 32;

// Two digits at `at`; negative if they are none.
int two_digits(const char* at) noexcept {
  const int tens = at[0] - '0', ones = at[1] - '0';
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1;
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

// What is between the quote at the front of `rest` and the next one that is not escaped; `rest` goes on
// behind it. Nothing, and `rest` as it was, if there is no such thing.
bool take_quoted(std::string_view& rest, std::string_view& content) noexcept {
  if (rest.empty() || rest.front() != '"') return false;
  for (std::size_t end = rest.find('"', 1); end != std::string_view::npos; end = rest.find('"', end + 1)) {
    std::size_t backslashes = 0;
    while (rest[end - 1 - backslashes] == '\\') ++backslashes;  // ends at the first quote
    if (backslashes % 2 != 0) continue;
    content = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return true;
  }
  return false;
}

void skip_space(std::string_view& rest) noexcept {
  if (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
}

// A method and a target, with a version or without (HTTP/0.9).
bool is_http(std::string_view request) noexcept {
  const std::size_t space = request.find(' ');
  if (space == 0 || space == std::string_view::npos || space + 1 == request.size()) return false;
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; };
  return std::all_of(request.begin(), request.begin() + static_cast<std::ptrdiff_t>(space), letter);
}

Method method_of(std::string_view request) noexcept {
  const std::string_view name = request.substr(0, request.find(' '));
  const auto* const found = std::ranges::find(kMethodNames, name);
  return found == kMethodNames.end() ? Method::other : static_cast<Method>(found - kMethodNames.begin());
}

std::string_view or_nothing(std::string_view field) noexcept {
  return field == "-" ? std::string_view{} : field;
}

}  // namespace

std::uint32_t request_head_bytes(std::size_t request_line, std::size_t referer, std::size_t agent) noexcept {
  constexpr std::size_t kReferer = sizeof("Referer: \r\n") - 1, kAgent = sizeof("User-Agent: \r\n") - 1;
  constexpr std::size_t kLineEnd = 2;
  return static_cast<std::uint32_t>(request_line + kLineEnd + kHostField +
                                    (referer != 0 ? kReferer + referer : 0) +
                                    (agent != 0 ? kAgent + agent : 0) + kLineEnd);
}

bool LineReader::read_time(std::string_view stamp, std::int64_t& second) noexcept {
  if (std::memcmp(stamp.data(), last_stamp_.data(), kStampBytes) == 0) {
    second = last_second_;
    return true;
  }
  const char* const at = stamp.data();  // 17/May/2015:10:05:03 +0000
  const int day = two_digits(at), month = month_of(at + 3), century = two_digits(at + 7),
            year = two_digits(at + 9);
  const int hour = two_digits(at + 12), minute = two_digits(at + 15), seconds = two_digits(at + 18);
  const int zone_hours = two_digits(at + 22), zone_minutes = two_digits(at + 24);
  const bool is_one = at[2] == '/' && at[6] == '/' && at[11] == ':' && at[14] == ':' && at[17] == ':' &&
                      at[20] == ' ' && (at[21] == '+' || at[21] == '-') && day >= 1 && day <= 31 &&
                      month != 0 && century >= 1 && year >= 0 && hour >= 0 && hour <= 23 && minute >= 0 &&
                      minute <= 59 && seconds >= 0 && seconds <= 60 && zone_hours >= 0 && zone_minutes >= 0;
  if (!is_one) return false;
  const std::int64_t zone = 60 * (60 * std::int64_t{zone_hours} + zone_minutes) * (at[21] == '-' ? -1 : 1);
  last_second_ = 86'400 * days_of(100 * century + year, month, day) + 3'600 * std::int64_t{hour} +
                 60 * std::int64_t{minute} + seconds - zone;
  std::memcpy(last_stamp_.data(), at, kStampBytes);
  second = last_second_;
  return true;
}

bool LineReader::read(std::string_view text, LogLine& line) noexcept {
  const std::size_t space = text.find(' ');
  if (space == 0 || space == std::string_view::npos) return refuse(Unread::no_client);
  line.client = text.substr(0, space);
  const std::size_t bracket = text.find('[', space);
  if (bracket == std::string_view::npos || text.size() < bracket + kStampBytes + 2 ||
      text[bracket + 1 + kStampBytes] != ']' ||
      !read_time(text.substr(bracket + 1, kStampBytes), line.second))
    return refuse(Unread::no_time);
  std::string_view rest = text.substr(bracket + kStampBytes + 2);
  skip_space(rest);
  std::string_view request;
  if (!take_quoted(rest, request)) return refuse(Unread::no_request);
  if (!is_http(request)) return refuse(Unread::not_http);
  line.method = method_of(request);
  skip_space(rest);
  constexpr std::size_t kStatus = 3;
  if (rest.size() < kStatus ||
      !std::all_of(rest.begin(), rest.begin() + kStatus, [](char c) { return c >= '0' && c <= '9'; }))
    return refuse(Unread::no_status);
  rest.remove_prefix(kStatus);
  skip_space(rest);
  line.body_bytes = 0;
  if (!rest.empty() && rest.front() == '-') {
    rest.remove_prefix(1);
  } else {
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), line.body_bytes);
    if (error != std::errc()) return refuse(Unread::no_size);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  }
  skip_space(rest);
  std::string_view referer, agent;
  if (take_quoted(rest, referer)) {
    skip_space(rest);
    take_quoted(rest, agent);
  }
  line.head_bytes = request_head_bytes(request.size(), or_nothing(referer).size(), or_nothing(agent).size());
  return true;
}

}  // namespace baton::trace
