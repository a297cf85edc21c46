// One line in Common or Combined Log Format:
//
//   host ident user [17/May/2015:10:05:03 +0000] "GET /path HTTP/1.1" 200 203023 "referer" "agent"
#pragma once

#include <optional>
#include <string_view>

#include "harness/trace/log_line.hpp"
#include "harness/trace/log_time.hpp"

namespace baton::trace {

// Why not, if it is left out.
std::optional<Unread> read_common_line(std::string_view text, TimeReader& times, LogLine& line) noexcept;

}  // namespace baton::trace
