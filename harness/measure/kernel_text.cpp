#include "harness/measure/kernel_text.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

namespace baton {
namespace {

constexpr std::string_view kWhite = " \t\n\r\f\v";
constexpr std::uint64_t kKibibyte = 1024;

}  // namespace

std::optional<std::string> read_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return std::nullopt;
  return text;
}

std::optional<std::string> read_line(const std::filesystem::path& path) {
  const std::optional<std::string> text = read_text(path);
  if (!text) return std::nullopt;
  const std::string_view line = trimmed(std::string_view(*text).substr(0, text->find('\n')));
  if (line.empty()) return std::nullopt;
  return std::string(line);
}

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t begin = text.find_first_not_of(kWhite);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhite) - begin + 1);
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    const std::size_t length = std::min(text.find_first_of(kWhite), text.size());
    found.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return found;
}

std::optional<std::uint64_t> number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::string_view> field(std::string_view text, std::string_view name) noexcept {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(name)) {
      // /proc/cpuinfo pads the name with tabs before its colon.
      const std::string_view rest = trimmed(line.substr(name.size()));
      if (rest.starts_with(':')) return trimmed(rest.substr(1));
    }
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> field_bytes(std::string_view text, std::string_view name) noexcept {
  std::optional<std::string_view> value = field(text, name);
  if (!value || !value->ends_with(" kB")) return std::nullopt;
  value->remove_suffix(3);
  const std::optional<std::uint64_t> kibibytes = number(*value);
  if (!kibibytes) return std::nullopt;
  return *kibibytes * kKibibyte;
}

std::optional<std::uint64_t> field_number(std::string_view text, std::string_view name) noexcept {
  const std::optional<std::string_view> value = field(text, name);
  return value ? number(*value) : std::nullopt;
}

std::optional<std::string> chosen_option(std::string_view text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  return std::string(text.substr(open + 1, close - open - 1));
}

std::string process_folder(int pid) {
  return "/proc/" + (pid == 0 ? std::string("self") : std::to_string(pid));
}

}  // namespace baton
