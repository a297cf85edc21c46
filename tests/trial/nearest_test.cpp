#include "harness/trial/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace baton {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"ideal", "heap", "two_cache", "two_cache_shared_lock"};

TEST(Nearest, counts_insertions_deletions_substitutions_and_swaps_as_one_step_each) {
  EXPECT_EQ(edit_distance("heap", "heap"), 0U);
  EXPECT_EQ(edit_distance("heap", "heaps"), 1U);
  EXPECT_EQ(edit_distance("heap", "eap"), 1U);
  EXPECT_EQ(edit_distance("heap", "help"), 1U);
  EXPECT_EQ(edit_distance("heap", "haep"), 1U);
  EXPECT_EQ(edit_distance("", "heap"), 4U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // a swapped pair is not edited again
}

TEST(Nearest, finds_the_name_that_was_misspelt) {
  EXPECT_EQ(nearest("two_cahce", kNames), "two_cache");
  EXPECT_EQ(nearest("haep", kNames), "heap");
  EXPECT_EQ(nearest("two_cache_sharedlock", kNames), "two_cache_shared_lock");
}

TEST(Nearest, takes_a_beginning_for_the_name) { EXPECT_EQ(nearest("two_c", kNames), "two_cache"); }

TEST(Nearest, suggests_nothing_for_what_resembles_nothing) {
  EXPECT_EQ(nearest("xyzzy", kNames), "");
  EXPECT_EQ(nearest("", kNames), "");
  EXPECT_EQ(nearest("heap", {}), "");
}

TEST(Nearest, the_message_names_what_was_given_the_nearest_and_all_valid_names) {
  EXPECT_EQ(
      unknown_name("strategy", "haep", kNames),
      "unknown strategy 'haep'; did you mean 'heap'? Valid: ideal, heap, two_cache, two_cache_shared_lock");
  EXPECT_EQ(unknown_name("strategy", "xyzzy", kNames),
            "unknown strategy 'xyzzy'. Valid: ideal, heap, two_cache, two_cache_shared_lock");
}

}  // namespace
}  // namespace baton
