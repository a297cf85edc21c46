#include "harness/load/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace baton::load {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): a mixer that is short and good enough for test bytes.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

constexpr std::array<char, 2 * kPatternPeriod> make_table() noexcept {
  std::array<char, 2 * kPatternPeriod> table{};
  for (std::size_t i = 0; i < kPatternPeriod; ++i) {
    table[i] = table[i + kPatternPeriod] = static_cast<char>(mix(i) >> 56U);
  }
  return table;
}

constexpr auto kTable = make_table();

// Seeds are spread by a stride, so that the next seed's body is not this one shifted by a byte: an off-by-one
// and a neighbour's body stay two different findings.
constexpr std::uint64_t kSeedStride = 1223;

std::size_t position(BodyId body, std::uint64_t offset) noexcept {
  const std::uint64_t start = mix(body.bytes) % kPatternPeriod + body.seed % kPatternPeriod * kSeedStride;
  return static_cast<std::size_t>((start + offset % kPatternPeriod) % kPatternPeriod);
}

}  // namespace

std::string_view pattern_run(BodyId body, std::uint64_t offset, std::uint64_t most) noexcept {
  return {kTable.data() + position(body, offset),
          static_cast<std::size_t>(std::min<std::uint64_t>(most, kPatternPeriod))};
}

void fill_pattern(char* out, std::size_t n, BodyId body, std::uint64_t offset) noexcept {
  const char* from =
      kTable.data() + position(body, offset);  // a whole period later it is the same place again
  for (; n > kPatternPeriod; n -= kPatternPeriod, out += kPatternPeriod)
    std::memcpy(out, from, kPatternPeriod);
  std::memcpy(out, from, n);
}

bool matches_pattern(std::string_view bytes, BodyId body, std::uint64_t offset) noexcept {
  const char* expected = kTable.data() + position(body, offset);
  while (bytes.size() > kPatternPeriod) {
    if (std::memcmp(bytes.data(), expected, kPatternPeriod) != 0) return false;
    bytes.remove_prefix(kPatternPeriod);
  }
  return bytes.empty() || std::memcmp(bytes.data(), expected, bytes.size()) == 0;
}

std::size_t first_mismatch(std::string_view bytes, BodyId body, std::uint64_t offset) noexcept {
  const char* expected = kTable.data() + position(body, offset);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != expected[i % kPatternPeriod]) return i;
  }
  return std::string_view::npos;
}

}  // namespace baton::load
