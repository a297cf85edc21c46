// Lines of a W3C extended log (IIS, CloudFront), whose "#Fields:" line says what their columns are; between
// spaces, or tabs if a line has any. "#Date:" is the date of lines that have none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/trace/fields.hpp"

namespace baton::trace {

class W3cLines {
 public:
  // A line that begins with '#'.
  void directive(std::string_view text, const FieldMap& map);
  [[nodiscard]] bool has_columns() const noexcept { return !columns_.empty(); }
  // `fields` point into `text`, and the date perhaps into this.
  void read(std::string_view text, Fields& fields) const noexcept;

 private:
  std::vector<std::optional<FieldMap::Place>> columns_;
  std::string date_;
};

}  // namespace baton::trace
