// Amounts over the length of a trace that is not known yet: a fixed number of equal parts, which become twice
// as long whenever the trace goes beyond them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace baton::trace {

class TimeLine {
 public:
  static constexpr std::size_t kParts = 64;

  void add(std::uint64_t at_us, double amount) {
    reach(at_us);
    amounts_[at_us / part_us_] += amount;
  }
  // One at a time, from then to then: counted in microseconds.
  void add_span(std::uint64_t from_us, std::uint64_t to_us) {
    reach(to_us);
    for (std::uint64_t part = from_us / part_us_; part <= to_us / part_us_; ++part) {
      const std::uint64_t begin = std::max(from_us, part * part_us_),
                          end = std::min(to_us, (part + 1) * part_us_);
      amounts_[part] += static_cast<double>(end - begin);
    }
  }
  [[nodiscard]] std::uint64_t part_us() const noexcept { return part_us_; }
  [[nodiscard]] const std::array<double, kParts>& amounts() const noexcept { return amounts_; }

 private:
  void reach(std::uint64_t at_us) {
    while (at_us / part_us_ >= kParts) {
      for (std::size_t i = 0; i < kParts / 2; ++i) amounts_[i] = amounts_[2 * i] + amounts_[2 * i + 1];
      std::fill(amounts_.begin() + kParts / 2, amounts_.end(), 0.0);
      part_us_ *= 2;
    }
  }

  std::uint64_t part_us_ = 1000;
  std::array<double, kParts> amounts_{};
};

}  // namespace baton::trace
