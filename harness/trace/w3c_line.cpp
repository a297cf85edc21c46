#include "harness/trace/w3c_line.hpp"

#include <algorithm>

namespace baton::trace {
namespace {

constexpr std::string_view kSpaces = " \t";

// The next column off the front of `rest`, which a separator ends; quoted if it begins with a quote.
std::string_view take_column(std::string_view& rest, char separator) noexcept {
  if (separator == ' ') rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  std::string_view column;
  if (!take_quoted(rest, column)) {
    column = rest.substr(0, rest.find(separator));
    rest.remove_prefix(column.size());
  }
  if (!rest.empty()) rest.remove_prefix(1);
  return column;
}

}  // namespace

void W3cLines::directive(std::string_view text, const FieldMap& map) {
  constexpr std::string_view kFields = "#Fields:", kDate = "#Date:";
  if (text.starts_with(kFields)) {
    columns_.clear();
    std::string_view rest = text.substr(kFields.size());
    while (true) {
      rest.remove_prefix(std::min(rest.find_first_not_of(kSpaces), rest.size()));
      if (rest.empty()) break;
      const std::string_view name = rest.substr(0, rest.find_first_of(kSpaces));
      columns_.push_back(map.place_of(name));
      rest.remove_prefix(name.size());
    }
  } else if (text.starts_with(kDate)) {
    std::string_view rest = text.substr(kDate.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(kSpaces), rest.size()));
    date_ = rest.substr(0, rest.find_first_of(kSpaces));
  }
}

void W3cLines::read(std::string_view text, Fields& fields) const noexcept {
  const char separator = text.find('\t') == std::string_view::npos ? ' ' : '\t';
  for (const std::optional<FieldMap::Place>& place : columns_) {
    if (text.empty()) break;
    const std::string_view column = take_column(text, separator);
    if (place) fields.put(*place, column);
  }
  constexpr std::uint8_t kLastRank = 254;
  fields.put({Role::date, kLastRank}, date_);
}

}  // namespace baton::trace
