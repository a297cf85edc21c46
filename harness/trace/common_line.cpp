#include "harness/trace/common_line.hpp"

#include <algorithm>
#include <charconv>

namespace baton::trace {
namespace {

void skip_space(std::string_view& rest) noexcept {
  if (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
}

}  // namespace

std::optional<Unread> read_common_line(std::string_view text, TimeReader& times, LogLine& line) noexcept {
  const std::size_t space = text.find(' ');
  if (space == 0 || space == std::string_view::npos) return Unread::no_client;
  line.client = text.substr(0, space);
  constexpr std::size_t kStampBytes = sizeof("17/May/2015:10:05:03 +0000") - 1;
  const std::size_t bracket = text.find('[', space);
  if (bracket == std::string_view::npos || text.size() < bracket + kStampBytes + 2 ||
      text[bracket + 1 + kStampBytes] != ']' || !times.read(text.substr(bracket + 1, kStampBytes), line.time))
    return Unread::no_time;
  std::string_view rest = text.substr(bracket + kStampBytes + 2);
  skip_space(rest);
  std::string_view request;
  if (!take_quoted(rest, request)) return Unread::no_request;
  if (!is_http(request)) return Unread::not_http;
  line.method = method_of(request.substr(0, request.find(' ')));
  skip_space(rest);
  constexpr std::size_t kStatus = 3;
  if (rest.size() < kStatus ||
      !std::all_of(rest.begin(), rest.begin() + kStatus, [](char c) { return c >= '0' && c <= '9'; }))
    return Unread::no_status;
  rest.remove_prefix(kStatus);
  skip_space(rest);
  line.body_bytes = 0;
  if (!rest.empty() && rest.front() == '-') {
    rest.remove_prefix(1);
  } else {
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), line.body_bytes);
    if (error != std::errc()) return Unread::no_size;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  }
  skip_space(rest);
  std::string_view referer, agent;
  if (take_quoted(rest, referer)) {
    skip_space(rest);
    take_quoted(rest, agent);
  }
  line.head_bytes = request_head_bytes(request.size(), or_nothing(referer).size(), or_nothing(agent).size());
  return std::nullopt;
}

}  // namespace baton::trace
