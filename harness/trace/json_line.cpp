#include "harness/trace/json_line.hpp"

#include <algorithm>

namespace baton::trace {
namespace {

constexpr std::size_t kDeepest = 16;
constexpr std::size_t kMostKnown = 1024;

bool is_space(char c) noexcept { return c == ' ' || c == '\t'; }
bool ends_literal(char c) noexcept { return c == ',' || c == '}' || c == ']' || is_space(c); }

// The next character that is no space, off the front if it is `expected`.
bool take(std::string_view& rest, char expected) noexcept {
  while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
  if (rest.empty() || rest.front() != expected) return false;
  rest.remove_prefix(1);
  return true;
}

// After a member or an element: true with `more` if there is another, without at the end.
bool take_comma_or(char end, std::string_view& rest, bool& more) noexcept {
  more = take(rest, ',');
  return more || take(rest, end);
}

}  // namespace

bool JsonLines::read(std::string_view text, const FieldMap& map, Fields& fields) {
  rest_ = text;
  map_ = &map;
  fields_ = &fields;
  nth_ = 0;
  name_.clear();
  if (!take(rest_, '{') || !object(0)) return false;
  return std::ranges::all_of(rest_, is_space);
}

// Behind its brace.
bool JsonLines::object(std::size_t depth) {
  const std::size_t prefix = name_.size();
  if (take(rest_, '}')) return true;
  for (bool more = true; more;) {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    std::string_view key;
    if (!take_quoted(rest_, key) || !take(rest_, ':')) return false;
    if (prefix != 0) name_ += '.';
    name_ += key;
    if (!value(depth) || !take_comma_or('}', rest_, more)) return false;
    name_.resize(prefix);
  }
  return true;
}

bool JsonLines::value(std::size_t depth) {
  if (depth == kDeepest) return false;
  if (take(rest_, '{')) return object(depth + 1);
  if (take(rest_, '[')) {
    if (take(rest_, ']')) return true;
    for (bool more = true; more;)
      if (!value(depth + 1) || !take_comma_or(']', rest_, more)) return false;
    return true;
  }
  std::string_view content;
  if (take_quoted(rest_, content)) {
    put(content);
    return true;
  }
  const auto* const end = std::ranges::find_if(rest_, ends_literal);
  content = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
  rest_.remove_prefix(content.size());
  if (content.empty() || content.front() == '"') return false;
  if (content != "null") put(content);
  return true;
}

void JsonLines::put(std::string_view value) {
  if (nth_ == known_.size() && nth_ < kMostKnown) known_.emplace_back();
  std::optional<FieldMap::Place> place;
  if (nth_ < known_.size()) {
    Known& known = known_[nth_++];
    if (known.name != name_) {
      known.name = name_;
      known.place = map_->place_of(name_);
    }
    place = known.place;
  } else {
    place = map_->place_of(name_);
  }
  if (place) fields_->put(*place, value);
}

}  // namespace baton::trace
