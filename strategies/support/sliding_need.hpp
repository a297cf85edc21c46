// How many buffers were needed lately, so that what is far above it can be freed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton {

// Buffers that are out (in use, or in a worker's cache) and on lists, counted by shard, because one counter
// for all would be what all wait for; who decides adds up. The need is a sliding average of those that are
// out, of all shards together, over the times that somebody asked. An average for each shard would lag behind
// where buffers go one way, since a worker counts in its own shard: givers' and receivers' lags do not
// cancel, and the need came out several times too high. (HAProxy has one for each, but draws the shard by the
// object's address, so that both ends count in the same.) Any thread may call anything. Numbers only: nothing
// is published with them, and one that is read in the middle of a change frees a few buffers too many or too
// few.
template <class P>
class SlidingNeed {
 public:
  static constexpr std::int64_t kSamples = 64;

  explicit SlidingNeed(std::uint32_t shards) : shards_(shards), counts_(std::make_unique<Counts[]>(shards)) {}

  void make(std::uint32_t shard) noexcept { add(shard, 1, 0); }
  void destroy(std::uint32_t shard, std::uint32_t n) noexcept { add(shard, -std::int64_t{n}, 0); }
  void to_list(std::uint32_t shard, std::uint32_t n) noexcept { add(shard, -std::int64_t{n}, n); }
  void from_list(std::uint32_t shard, std::uint32_t n) noexcept { add(shard, n, -std::int64_t{n}); }

  // Whether there are more than 125 % of what was needed. Counts as one of the samples.
  [[nodiscard]] bool exceeded() noexcept {
    std::int64_t out = 0;
    std::int64_t listed = 0;
    for (std::uint32_t i = 0; i < shards_; ++i) {
      const std::uint64_t levels = counts_[i].levels.load(std::memory_order_relaxed);  // relaxed: a number
      out += out_of(levels);
      listed += listed_of(levels);
    }
    out = out > 0 ? out : 0;
    // relaxed, both: a number. Two that update the average at once lose one of the samples
    const auto sum = static_cast<std::int64_t>(sum_.load(std::memory_order_relaxed));
    const std::int64_t next = sum == 0 ? out * kSamples : sum + out - sum / kSamples;
    sum_.store(static_cast<std::uint64_t>(next), std::memory_order_relaxed);  // relaxed: as above
    return 4 * (out + listed) * kSamples > 5 * next;
  }

 private:
  struct alignas(2 * kCacheLineBytes) Counts {
    typename P::template Atomic<std::uint64_t> levels{
        0};  // out, below, and on lists, above, as 32-bit numbers
    Counts() noexcept { P::named(this, sizeof *this, "counters"); }
  };
  // A shard's may be negative: what comes from one list goes to another.
  static std::int64_t out_of(std::uint64_t levels) noexcept { return static_cast<std::int32_t>(levels); }
  static std::int64_t listed_of(std::uint64_t levels) noexcept {
    return static_cast<std::int32_t>((levels - static_cast<std::uint64_t>(out_of(levels))) >> 32U);
  }
  void add(std::uint32_t shard, std::int64_t out, std::int64_t listed) noexcept {
    Counts& counts = counts_[shard];
    const std::uint64_t change =
        (static_cast<std::uint64_t>(listed) << 32U) + static_cast<std::uint64_t>(out);
    counts.levels.fetch_add(change, std::memory_order_relaxed);  // relaxed: a number
  }

  std::uint32_t shards_;
  std::unique_ptr<Counts[]> counts_;
  // The average, kSamples times; touched by who asks only.
  alignas(2 * kCacheLineBytes) typename P::template Atomic<std::uint64_t> sum_{0};
};

}  // namespace baton
