// How evenly clients are served: of the right answers of each.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace baton::load {

struct ServedShares {
  std::uint64_t clients = 0, answers = 0;
  double squares = 0;  // sum of the squares of each one's answers
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max(), most = 0;

  void add(std::uint64_t of_one) noexcept {
    ++clients;
    answers += of_one;
    squares += static_cast<double>(of_one) * static_cast<double>(of_one);
    least = std::min(least, of_one);
    most = std::max(most, of_one);
  }
  void merge(const ServedShares& other) noexcept {
    clients += other.clients;
    answers += other.answers;
    squares += other.squares;
    least = std::min(least, other.least);
    most = std::max(most, other.most);
  }
  // Jain's index of fairness: 1 if each has as many, 1/clients if one has all. 1 if nobody has any.
  [[nodiscard]] double fairness() const noexcept {
    if (answers == 0) return 1;
    const auto sum = static_cast<double>(answers);
    return sum * sum / (static_cast<double>(clients) * squares);
  }
};

}  // namespace baton::load
