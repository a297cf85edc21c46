#include "harness/trial/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace baton {

std::size_t edit_distance(std::string_view left, std::string_view right) {
  // Three rows of the table of distances between prefixes (optimal string alignment).
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> last(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const bool same = left[i - 1] == right[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last.back();
}

std::string_view nearest(std::string_view given, std::span<const std::string_view> valid) {
  std::string_view best;
  std::size_t best_distance = 0;
  for (const std::string_view name : valid) {
    const std::size_t distance = edit_distance(given, name);
    if (best.empty() || distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  // A third of the longer name may be wrong, and one letter of a short one; a beginning counts as meant.
  const std::size_t tolerated = std::max<std::size_t>(1, std::max(given.size(), best.size()) / 3);
  if (best_distance <= tolerated) {
    return best;
  }
  const auto begun = std::ranges::find_if(
      valid, [given](std::string_view name) { return given.size() >= 3 && name.starts_with(given); });
  return begun == valid.end() ? std::string_view() : *begun;
}

std::string unknown_name(std::string_view kind, std::string_view given,
                         std::span<const std::string_view> valid) {
  const std::string_view close = nearest(given, valid);
  const std::string hint = close.empty() ? "." : fmt::format("; did you mean '{}'?", close);
  return fmt::format("unknown {} '{}'{} Valid: {}", kind, given, hint, fmt::join(valid, ", "));
}

}  // namespace baton
