// Times as access logs write them:
//
//   17/May/2015:10:05:03 +0000              Common Log Format
//   2015-05-17T10:05:03.250+02:00           ISO 8601; a space for the T, Z, +0200 or no zone (UTC) are fine
//   1431857103.250                          since 1970: seconds, or milli-, micro- or nanoseconds by their
//   size 2015-05-17 and 10:05:03                 two fields of a W3C log, in UTC
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace baton::trace {

struct LogTime {
  std::int64_t second = 0;        // since 1970, in UTC
  std::int32_t microsecond = -1;  // within it; -1: the log tells the second only
};

// Remembers the last text, since most lines repeat it.
class TimeReader {
 public:
  // False: it is none of the above; `time` is then undefined.
  [[nodiscard]] bool read(std::string_view text, LogTime& time) noexcept;
  [[nodiscard]] static bool read(std::string_view date, std::string_view clock, LogTime& time) noexcept;

 private:
  static constexpr std::size_t kRemembered = 40;
  std::array<char, kRemembered> last_{};
  std::size_t last_bytes_ = 0;
  LogTime last_time_;
};

}  // namespace baton::trace
