#include "harness/trace/log_line.hpp"

#include <algorithm>

namespace baton::trace {

std::uint32_t request_head_bytes(std::size_t request_line, std::size_t referer, std::size_t agent) noexcept {
  constexpr std::size_t kHostField = 32, kLineEnd = 2;
  constexpr std::size_t kReferer = sizeof("Referer: \r\n") - 1, kAgent = sizeof("User-Agent: \r\n") - 1;
  return static_cast<std::uint32_t>(request_line + kLineEnd + kHostField +
                                    (referer != 0 ? kReferer + referer : 0) +
                                    (agent != 0 ? kAgent + agent : 0) + kLineEnd);
}

bool is_method(std::string_view name) noexcept {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; };
  return !name.empty() && std::ranges::all_of(name, letter);
}

bool is_http(std::string_view request_line) noexcept {
  const std::size_t space = request_line.find(' ');
  return space != std::string_view::npos && space + 1 != request_line.size() &&
         is_method(request_line.substr(0, space));
}

Method method_of(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(kMethodNames, name);
  return found == kMethodNames.end() ? Method::other : static_cast<Method>(found - kMethodNames.begin());
}

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

}  // namespace baton::trace
