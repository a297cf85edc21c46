// Lines of an access log in any format that Baton knows, one after the other; a log may mix them. A line that
// begins with a brace is JSON; behind a "#Fields:" line lines are W3C; else, or if such a line says too
// little, they are Common or Combined Log Format.
#pragma once

#include <string_view>
#include <utility>

#include "harness/trace/fields.hpp"
#include "harness/trace/json_line.hpp"
#include "harness/trace/log_line.hpp"
#include "harness/trace/log_time.hpp"
#include "harness/trace/w3c_line.hpp"

namespace baton::trace {

class LineReader {
 public:
  explicit LineReader(FieldMap map = {}) : map_(std::move(map)) {}
  // A line that begins with '#': it has no request, but may say how to read those that follow.
  void directive(std::string_view text) { w3c_.directive(text, map_); }
  // True: `line` says what is in `text`, which it points into. False: why() tells what is wrong.
  [[nodiscard]] bool read(std::string_view text, LogLine& line);
  [[nodiscard]] Unread why() const noexcept { return why_; }

 private:
  FieldMap map_;
  TimeReader times_;
  JsonLines json_;
  W3cLines w3c_;
  Fields fields_;
  Unread why_ = Unread::no_client;
};

}  // namespace baton::trace
