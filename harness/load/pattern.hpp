// Bodies whose every byte is known: what the origin sends and what clients compare.
//
// A body is named by its length and a seed. Byte i is table[(start(length, seed) + i) mod 4093], with a fixed
// pseudo-random table.
// - The period is prime, so that bytes shifted by any buffer, page or chunk size (no multiple of 4093)
// differ.
// - Bodies of one length whose seeds differ modulo 4093 start at different places, so that an answer that
// went to the
//   wrong client is seen if the clients use different seeds.
// - Any 4 bytes in a row occur once in a period: a shift is seen by whoever compares 4 bytes, one byte alone
// may agree by chance. The table is stored twice in a row (8 KiB: it stays in the L1 cache), so that runs of
// a whole period can be sent, copied and compared in place. Pure functions: any thread, no failure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace baton::load {

inline constexpr std::size_t kPatternPeriod = 4093;

struct BodyId {
  std::uint64_t bytes = 0;
  std::uint64_t seed = 0;
  friend bool operator==(const BodyId&, const BodyId&) = default;
};

// The bytes of `body` from `offset` on, in static memory: as many as lie there in one piece (at most a
// period), or `most`.
std::string_view pattern_run(BodyId body, std::uint64_t offset, std::uint64_t most) noexcept;

// Writes the `n` bytes of `body` from `offset` on to `out`.
void fill_pattern(char* out, std::size_t n, BodyId body, std::uint64_t offset) noexcept;

// Whether `bytes` are those of `body` from `offset` on. Does not know where the body ends: compare the length
// too.
bool matches_pattern(std::string_view bytes, BodyId body, std::uint64_t offset) noexcept;

// The index in `bytes` of the first one that is wrong; npos if none is.
std::size_t first_mismatch(std::string_view bytes, BodyId body, std::uint64_t offset) noexcept;

}  // namespace baton::load
