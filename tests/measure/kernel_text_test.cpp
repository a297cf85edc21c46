#include "harness/measure/kernel_text.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace baton {
namespace {

using testing::ElementsAre;
using testing::Optional;

TEST(KernelText, a_field_is_found_at_the_start_of_a_line_only_and_by_its_whole_name) {
  const std::string_view text = "Pss_Anon:   112 kB\nPss:   387 kB\nNotRss: 1 kB\nRss:\t1708 kB\n";
  EXPECT_THAT(field_bytes(text, "Pss"), Optional(387U * 1024U));
  EXPECT_THAT(field_bytes(text, "Rss"), Optional(1708U * 1024U));
  EXPECT_EQ(field_bytes(text, "Swap"), std::nullopt);
}

TEST(KernelText, a_field_may_have_blanks_before_its_colon_and_none_behind_it) {
  EXPECT_THAT(field("model name\t: AMD EPYC\n", "model name"), Optional(std::string_view("AMD EPYC")));
  EXPECT_THAT(field_number("voluntary_ctxt_switches:12", "voluntary_ctxt_switches"), Optional(12U));
}

TEST(KernelText, a_field_in_another_unit_is_unknown_and_not_misread) {
  EXPECT_EQ(field_bytes("Rss: 17 MB\n", "Rss"), std::nullopt);
  EXPECT_EQ(field_bytes("Rss: 17\n", "Rss"), std::nullopt);
  EXPECT_EQ(field_bytes("Rss: many kB\n", "Rss"), std::nullopt);
}

TEST(KernelText, a_number_is_a_number_from_end_to_end) {
  EXPECT_THAT(number("1844"), Optional(1844U));
  for (const char* bad : {"", "-1", "12x", " 12", "99999999999999999999"})
    EXPECT_EQ(number(bad), std::nullopt) << bad;
}

TEST(KernelText, words_are_cut_at_any_white_space) {
  EXPECT_THAT(words("  a\tbc \n d "), ElementsAre("a", "bc", "d"));
  EXPECT_THAT(words(" \n"), ElementsAre());
}

TEST(KernelText, the_option_in_force_is_the_one_in_brackets) {
  EXPECT_THAT(chosen_option("always [madvise] never"), Optional(std::string("madvise")));
  EXPECT_EQ(chosen_option("always madvise"), std::nullopt);
  EXPECT_EQ(chosen_option("]["), std::nullopt);
}

TEST(KernelText, a_file_that_is_not_there_is_unknown) {
  EXPECT_EQ(read_text("/proc/self/no_such_file"), std::nullopt);
  EXPECT_EQ(read_line("/proc/self/no_such_file"), std::nullopt);
}

TEST(KernelText, a_line_ends_at_the_first_newline_and_an_empty_one_is_unknown) {
  const auto file = std::filesystem::path(testing::TempDir()) / "baton_kernel_text";
  std::ofstream(file) << " first \nsecond\n";
  EXPECT_THAT(read_line(file), Optional(std::string("first")));
  EXPECT_THAT(read_text(file), Optional(std::string(" first \nsecond\n")));
  std::ofstream(file) << "\nsecond\n";
  EXPECT_EQ(read_line(file), std::nullopt);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace baton
