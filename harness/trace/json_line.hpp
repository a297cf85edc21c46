// Lines that are a JSON object each. A scanner and no parser: what is between the quotes is taken as it is,
// with its escapes, since only sizes, times and what tells clients apart are wanted; numbers and literals are
// whatever stands there. A field within an object is named by both, "request.method"; of an array the first
// element counts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/trace/fields.hpp"

namespace baton::trace {

class JsonLines {
 public:
  // False: it is none, or nested more than 16 deep. `fields` point into `text`.
  [[nodiscard]] bool read(std::string_view text, const FieldMap& map, Fields& fields);

 private:
  // The n-th value of a line mostly has the same name as the n-th of the line before.
  struct Known {
    std::string name;
    std::optional<FieldMap::Place> place;
  };
  bool object(std::size_t depth);
  bool value(std::size_t depth);
  void put(std::string_view value);

  std::string_view rest_;
  std::string name_;  // of what is being read
  std::vector<Known> known_;
  std::size_t nth_ = 0;
  const FieldMap* map_ = nullptr;
  Fields* fields_ = nullptr;
};

}  // namespace baton::trace
