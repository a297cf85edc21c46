// Lines of an access log in any format, directives among them: each is read or left out, and what is read
// points into the line.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/trace/line_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace baton::trace;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  LineReader reader;
  while (!rest.empty()) {
    const std::string_view text = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(text.size() == rest.size() ? rest.size() : text.size() + 1);
    LogLine line;
    if (text.starts_with('#')) reader.directive(text);
    if (!reader.read(text, line)) continue;
    if (line.client.empty() || line.client.data() < text.data() ||
        line.client.data() + line.client.size() > text.data() + text.size())
      std::abort();
    if (line.time.microsecond < -1 || line.time.microsecond >= 1'000'000) std::abort();
    if (line.head_bytes == 0 || line.method > Method::other) std::abort();
  }
  return 0;
}
