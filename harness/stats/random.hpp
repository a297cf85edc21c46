// Seeded random numbers for resampling and simulation. The same seed gives the same numbers with every
// standard library: the engine's sequence is fixed by the standard, the distributions' are not, so they are
// made here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace baton::stats {

// Not thread-safe; one per computation.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  // Uniform in [0, n), n in 1..2^32. The bias of n / 2^32 is far below anything a resampling can show.
  std::size_t below(std::size_t n) noexcept { return ((engine_() >> 32U) * n) >> 32U; }

  // A number below n and a sign (-1 or +1) from one draw of the engine.
  struct Signed {
    std::size_t number;
    double sign;
  };
  Signed signed_below(std::size_t n) noexcept {
    const std::uint64_t bits = engine_();
    return {((bits >> 32U) * n) >> 32U, (bits & 1U) != 0 ? 1.0 : -1.0};
  }

  // Uniform in (0, 1): never 0, so that its logarithm is finite.
  double uniform() noexcept { return (static_cast<double>(engine_() >> 11U) + 0.5) * 0x1p-53; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace baton::stats
