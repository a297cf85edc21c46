// Does a cell have two modes? Then its mean describes neither, and it is reported as two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace baton::stats {

// The two groups a bimodal cell falls into, split where the groups are tightest; centres are medians.
struct TwoModes {
  double low_centre = 0;
  double high_centre = 0;
  double high_share = 0;  // of the values, in (0, 1)
};

struct ModeTest {
  double dip = 0;
  double p_value = 1;             // of "one mode" (dip.hpp)
  std::optional<TwoModes> modes;  // present if p_value is at most alpha
};

// Fewer values than this cannot show two modes at 5 %, so there is no test.
inline constexpr std::size_t kLeastForModes = 8;

struct ModeOptions {
  double alpha = 0.05;  // how often a cell with one mode may be called bimodal, at most
  std::uint64_t seed = 1;
};

// Unavailable for fewer than kLeastForModes values, or values that are not finite.
std::optional<ModeTest> test_modes(std::span<const double> values, const ModeOptions& options);

}  // namespace baton::stats
