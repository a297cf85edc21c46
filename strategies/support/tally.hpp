// How a strategy knows its footprint without a counter that threads share: every worker counts for itself.
//
// A counter that all workers write would cost more than the lists it counts. So each worker has a cache line
// of its own that only it writes (a plain load and store), one more is there for what happens outside a
// worker, and whoever asks adds up.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton {

enum class Holder : std::uint8_t { supplies, shared, sessions, in_transfer };
inline constexpr std::size_t kHolders = 4;

// A level (what a holder has) is one word, so that moving a buffer is one addition: buffers above, bytes
// below. A worker's own level may be "negative" (it took what another gave); only the sum over all workers
// means something.
inline constexpr unsigned kLevelByteBits = 40;  // a sum of up to 1 TiB in up to 8 million buffers
constexpr std::uint64_t level_of(std::size_t bytes) noexcept {
  return (std::uint64_t{1} << kLevelByteBits) + bytes;
}
constexpr Holding holding_of(std::uint64_t level) noexcept {
  if ((level >> 63U) != 0) {
    return {};  // a racy sum (see Strategy::sample) that met a taker before its giver
  }
  return {level >> kLevelByteBits, level & ((std::uint64_t{1} << kLevelByteBits) - 1)};
}

enum class Writers : std::uint8_t { one, many };

template <class P, Writers kWriters>
class alignas(kCacheLineBytes) Tally {
 public:
  void created(std::size_t bytes) noexcept { count(created_, bytes); }
  void destroyed(std::size_t bytes) noexcept { count(destroyed_, bytes); }
  void enter(Holder holder, std::size_t bytes) noexcept { add(level(holder), level_of(bytes)); }
  void enter(Holder holder, std::size_t bytes, std::size_t buffers) noexcept {  // of so many bytes each
    add(level(holder), buffers * level_of(bytes));
  }
  void leave(Holder holder, std::size_t bytes) noexcept { add(level(holder), -level_of(bytes)); }
  void leave(Holder holder, std::size_t bytes, std::size_t buffers) noexcept {
    add(level(holder), -(buffers * level_of(bytes)));
  }

  void add_counts_to(Footprint& sum) const noexcept {
    sum.created += {read(created_[0]), read(created_[1])};
    sum.destroyed += {read(destroyed_[0]), read(destroyed_[1])};
  }
  [[nodiscard]] std::uint64_t read_level(Holder holder) const noexcept {
    return read(levels_[static_cast<std::size_t>(holder)]);
  }

 private:
  using Word = typename P::template Atomic<std::uint64_t>;

  // Inlined by order: it is one addition, and a call costs more.
  [[gnu::always_inline]] static void add(Word& word, std::uint64_t amount) noexcept {
    // relaxed, both: a count publishes nothing; a reader that needs it exact has synchronised with the
    // writers itself
    if constexpr (kWriters == Writers::one) {
      word.store(word.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    } else {
      word.fetch_add(amount, std::memory_order_relaxed);  // relaxed: as above
    }
  }
  static std::uint64_t read(const Word& word) noexcept {
    return word.load(std::memory_order_relaxed);  // relaxed: as in add
  }
  static void count(std::array<Word, 2>& counts, std::size_t bytes) noexcept {
    add(counts[0], 1);
    add(counts[1], bytes);
  }
  Word& level(Holder holder) noexcept { return levels_[static_cast<std::size_t>(holder)]; }

  std::array<Word, 2> created_{};    // buffers, bytes
  std::array<Word, 2> destroyed_{};  // buffers, bytes
  std::array<Word, kHolders> levels_{};
};
static_assert(sizeof(Tally<NativePlatform, Writers::one>) == kCacheLineBytes,
              "two workers' tallies on one cache line would make every give and take pay for the other's");

template <class P>
using WorkerTally = Tally<P, Writers::one>;
template <class P>
using OutsideTally = Tally<P, Writers::many>;

// All tallies of a strategy.
template <class P>
class Books {
 public:
  explicit Books(std::uint32_t workers)
      : workers_(workers), tallies_(std::make_unique<WorkerTally<P>[]>(workers)) {
    P::named(tallies_.get(), workers * sizeof tallies_[0], "counters");
    P::named(&outside_, sizeof outside_, "counters");
  }

  [[nodiscard]] WorkerTally<P>& of(std::uint32_t worker) noexcept { return tallies_[worker]; }
  [[nodiscard]] OutsideTally<P>& outside() noexcept { return outside_; }

  // Exact when the workers are quiet, and then for whoever has synchronised with them. While they run the
  // terms are read one after the other: racy by design.
  [[nodiscard]] Footprint sum() const noexcept {
    Footprint sum;
    std::array<std::uint64_t, kHolders> levels{};
    const auto add = [&](const auto& tally) {
      tally.add_counts_to(sum);
      for (std::size_t i = 0; i < kHolders; ++i) {
        levels[i] += tally.read_level(static_cast<Holder>(i));
      }
    };
    add(outside_);
    for (std::uint32_t i = 0; i < workers_; ++i) {
      add(tallies_[i]);
    }
    sum.supplies = holding_of(levels[static_cast<std::size_t>(Holder::supplies)]);
    sum.shared = holding_of(levels[static_cast<std::size_t>(Holder::shared)]);
    sum.sessions = holding_of(levels[static_cast<std::size_t>(Holder::sessions)]);
    sum.in_transfer = holding_of(levels[static_cast<std::size_t>(Holder::in_transfer)]);
    return sum;
  }

 private:
  std::uint32_t workers_;
  std::unique_ptr<WorkerTally<P>[]> tallies_;
  OutsideTally<P> outside_;
};

}  // namespace baton
