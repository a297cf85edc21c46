// Latencies (or any durations) counted in log-linear buckets.
//
// The layout is HdrHistogram's for two significant digits and a lowest value of 1: values below 256 have a
// bucket each, above that every power of two is cut into 128 buckets of equal width. A bucket is therefore
// never wider than 1/128 of the values in it: at most 0.8 % error, whatever the value. Every std::uint64_t
// has a bucket; nothing is clipped.
//
// One thread records into a histogram; merge after the join. All memory (58 KiB) is taken and touched by the
// constructor.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace baton {

class Histogram {
 public:
  static constexpr unsigned kSubBucketBits = 7;  // 128 buckets for each power of two
  static constexpr unsigned kSignificantDigits = 2;
  static constexpr std::size_t kBuckets = (64 - kSubBucketBits + 1) << kSubBucketBits;

  // Values are nanoseconds by convention; the histogram does not care.
  void record(std::uint64_t value) noexcept { record(value, 1); }
  void record(std::uint64_t value, std::uint64_t times) noexcept {
    counts_[index_of(value)] += times;
    count_ += times;
    sum_ += value * times;
    min_ = std::min(min_, times != 0 ? value : min_);
    max_ = std::max(max_, times != 0 ? value : max_);
  }
  void merge(const Histogram& other) noexcept;
  void clear() noexcept;
  // Puts together what counts(), min(), max() and sum() of another process's histogram were: first the
  // buckets, then the exact values.
  void restore(std::size_t index, std::uint64_t times) noexcept { record(lowest(index), times); }
  void restore_exact(std::uint64_t min, std::uint64_t max, std::uint64_t sum) noexcept {
    min_ = empty() ? min_ : min;
    max_ = max;
    sum_ = sum;
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  // Exact, not rounded to buckets. 0 if nothing was recorded: ask empty() first.
  [[nodiscard]] std::uint64_t min() const noexcept { return empty() ? 0 : min_; }
  [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
  [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }  // modulo 2^64: 584 years of nanoseconds
  [[nodiscard]] double mean() const noexcept;
  // The smallest value v such that at least `percent` (0 to 100) of what was recorded is <= v, rounded up to
  // the end of its bucket but never beyond max(). 0 if nothing was recorded.
  [[nodiscard]] std::uint64_t percentile(double percent) const noexcept;

  // The buckets in rising order. Bucket i holds the values lowest(i) to highest(i), both included.
  [[nodiscard]] std::span<const std::uint64_t> counts() const noexcept { return counts_; }
  [[nodiscard]] static constexpr std::size_t index_of(std::uint64_t value) noexcept {
    const unsigned shift = shift_of(value);
    return (std::size_t{shift} << kSubBucketBits) + static_cast<std::size_t>(value >> shift);
  }
  [[nodiscard]] static constexpr std::uint64_t lowest(std::size_t index) noexcept {
    const std::size_t shift = shift_at(index);
    return std::uint64_t{index - (shift << kSubBucketBits)} << shift;
  }
  [[nodiscard]] static constexpr std::uint64_t highest(std::size_t index) noexcept {
    return lowest(index) + ((std::uint64_t{1} << shift_at(index)) - 1);
  }

  // Same number of values in each bucket, and the same exact minimum, maximum and sum.
  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  // By how many bits a value loses precision: none below 256.
  [[nodiscard]] static constexpr unsigned shift_of(std::uint64_t value) noexcept {
    constexpr std::uint64_t kLinear = (std::uint64_t{2} << kSubBucketBits) - 1;
    return static_cast<unsigned>(std::bit_width(value | kLinear)) - (kSubBucketBits + 1);
  }
  [[nodiscard]] static constexpr std::size_t shift_at(std::size_t index) noexcept {
    const std::size_t row = index >> kSubBucketBits;
    return row == 0 ? 0 : row - 1;
  }

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(kBuckets);
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t max_ = 0;
};

static_assert(Histogram::index_of(std::numeric_limits<std::uint64_t>::max()) == Histogram::kBuckets - 1);

}  // namespace baton
