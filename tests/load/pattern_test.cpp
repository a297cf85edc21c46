#include "harness/load/pattern.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <string>

namespace baton::load {
namespace {

std::string body_bytes(BodyId body) {
  std::string bytes(body.bytes, '\0');
  fill_pattern(bytes.data(), bytes.size(), body, 0);
  return bytes;
}

TEST(Pattern, ABodyMatchesItselfHoweverItIsCut) {
  const BodyId body{3 * kPatternPeriod + 17, 5};
  const std::string whole = body_bytes(body);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, kPatternPeriod - 1, kPatternPeriod,
                                kPatternPeriod + 1, 2 * kPatternPeriod, whole.size()}) {
    const std::string_view front = std::string_view(whole).substr(0, cut);
    const std::string_view back = std::string_view(whole).substr(cut);
    EXPECT_TRUE(matches_pattern(front, body, 0)) << cut;
    EXPECT_TRUE(matches_pattern(back, body, cut)) << cut;
    EXPECT_EQ(first_mismatch(back, body, cut), std::string_view::npos) << cut;
  }
}

TEST(Pattern, RunsPutTogetherAreTheFilledBody) {
  const BodyId body{2 * kPatternPeriod + 100, 4000};
  std::string from_runs;
  while (from_runs.size() < body.bytes) {
    const std::string_view run = pattern_run(body, from_runs.size(), body.bytes - from_runs.size());
    ASSERT_FALSE(run.empty());
    from_runs += run;
  }
  EXPECT_EQ(from_runs, body_bytes(body));
}

TEST(Pattern, AWrongByteIsFoundWhereverItIs) {
  const BodyId body{2 * kPatternPeriod + 3, 9};
  std::string bytes = body_bytes(body);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
    ASSERT_FALSE(matches_pattern(bytes, body, 0)) << i;
    ASSERT_EQ(first_mismatch(bytes, body, 0), i);
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
  }
}

TEST(Pattern, EveryShiftWithinAPeriodIsSeenInFourBytes) {
  const BodyId body{kPatternPeriod, 1};
  const std::string bytes = body_bytes({kPatternPeriod, 1});
  for (std::size_t shift = 1; shift < kPatternPeriod; ++shift) {
    ASSERT_FALSE(matches_pattern(std::string_view(bytes).substr(0, 4), body, shift)) << shift;
  }
}

TEST(Pattern, AnyFourBytesInARowOccurOnceInAPeriod) {
  std::set<std::uint32_t> seen;
  const BodyId body{kPatternPeriod + 4, 0};
  const std::string bytes = body_bytes(body);
  for (std::size_t i = 0; i < kPatternPeriod; ++i) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    EXPECT_TRUE(seen.insert(word).second) << i;
  }
}

TEST(Pattern, BodiesOfOtherSeedsDifferForAsManySeedsAsThePeriod) {
  std::set<const char*> starts;
  for (std::uint64_t seed = 0; seed < kPatternPeriod; ++seed)
    starts.insert(pattern_run({1024, seed}, 0, 1).data());
  EXPECT_EQ(starts.size(), kPatternPeriod);
}

TEST(Pattern, TheNextSeedIsNotThisBodyShiftedByLessThanAHundredBytes) {
  const std::string next = body_bytes({1024, 8});
  for (std::uint64_t shift = 0; shift < 100; ++shift) {
    EXPECT_FALSE(matches_pattern(next, {1024, 7}, shift)) << shift;
  }
}

TEST(Pattern, ABodyOfAnotherLengthHasOtherBytes) {
  EXPECT_FALSE(matches_pattern(body_bytes({1000, 7}), {1001, 7}, 0));
  EXPECT_FALSE(matches_pattern(body_bytes({1024, 7}), {16384, 7}, 0));
}

TEST(Pattern, HugeOffsetsAndSeedsDoNotOverflow) {
  const std::uint64_t most = ~std::uint64_t{0};
  std::string bytes(64, '\0');
  fill_pattern(bytes.data(), bytes.size(), {most, most}, most - 64);
  EXPECT_TRUE(matches_pattern(bytes, {most, most}, most - 64));
  EXPECT_TRUE(matches_pattern(bytes, {most, most % kPatternPeriod}, (most - 64) % kPatternPeriod));
}

}  // namespace
}  // namespace baton::load
