#include "harness/trace/line_reader.hpp"

#include <optional>

#include "harness/trace/common_line.hpp"

namespace baton::trace {

bool LineReader::read(std::string_view text, LogLine& line) {
  std::optional<Unread> why;
  fields_.clear();
  if (text.starts_with('{')) {
    why = json_.read(text, map_, fields_) ? request_of(fields_, times_, line) : Unread::no_json;
  } else if (w3c_.has_columns()) {
    w3c_.read(text, fields_);
    why = request_of(fields_, times_, line);
    if (why && !read_common_line(text, times_, line)) why = std::nullopt;
  } else {
    why = read_common_line(text, times_, line);
  }
  if (why) why_ = *why;
  return !why;
}

}  // namespace baton::trace
