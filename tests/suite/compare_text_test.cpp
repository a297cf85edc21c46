// The three forms of one made-up comparison, to the letter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <nlohmann/json.hpp>

#include "harness/suite/compare.hpp"

namespace baton::suite {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

json made_up() {
  const json slower{{"ratio", 0.9}, {"low", 0.88}, {"high", 0.92}};
  const json moved{{"ratio", 1.01}, {"low", 0.99}, {"high", 1.03}};
  return {{"old", {{"directory", "out/old"}, {"run_id", "1"}}},
          {"new", {{"directory", "out/<new>"}, {"run_id", "2"}}},
          {"differences", {{{"where", "build"}, {"what", "compiler"}, {"old", "g++ 12"}, {"new", "g++ 13"}}}},
          {"only_in_old", {"heap/gone"}},
          {"only_in_new", json::array()},
          {"warnings", {"few rounds"}},
          {"threshold", 0.03},
          {"regressions", 1},
          {"undecided", 0},
          {"comparisons",
           {{{"metric", "throughput"},
             {"cell_id", "heap/x"},
             {"rounds", 8},
             {"absolute", moved},
             {"relative", nullptr},
             {"decided_by", "absolute"},
             {"answer", nullptr},
             {"regression", false}},
            {{"metric", "throughput"},
             {"cell_id", "two_cache/x"},
             {"rounds", 8},
             {"absolute", moved},
             {"relative", slower},
             {"decided_by", "relative"},
             {"simultaneous", {{"low", 0.87}, {"high", 0.93}}},
             {"answer", "worse"},
             {"regression", true}}}}};
}

TEST(CompareText, MarkdownForAMergeRequest) {
  EXPECT_EQ(
      markdown_of(made_up()),
      "### Baton: out/<new> beside out/old\n\n"
      "**1 regressions beyond 3 %.**\n\n"
      "- build differs: compiler: \"g++ 12\" -> \"g++ 13\"\n"
      "- only in the old run: heap/gone\n"
      "- Warning: few rounds.\n\n"
      "| throughput | rounds | new / old | beside the baseline's | answer |\n"
      "|---|---|---|---|---|\n"
      "| `heap/x` | 8 | +1.0 % [-1.0, +3.0] | - | (moves with the machine; --absolute decides by it) |\n"
      "| `two_cache/x` | 8 | +1.0 % [-1.0, +3.0] | -10.0 % [-13.0, -7.0] | **REGRESSION** |\n");
}

TEST(CompareText, APageWithTheSameNumbersThatNamesCannotPutMarkupOn) {
  const std::string page = html_of(made_up());
  for (const char* part :
       {"out/&lt;new&gt; beside out/old", "1 regressions beyond 3 %",
        "&quot;g++ 12&quot; -&gt; &quot;g++ 13&quot;", "-10.0 % [-13.0, -7.0]", "REGRESSION"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_THAT(page, Not(HasSubstr("<new>")));
}

TEST(CompareText, ATerminal) {
  const std::string text = text_of(made_up());
  EXPECT_THAT(text, HasSubstr("build differs: compiler: \"g++ 12\" -> \"g++ 13\"\nonly in the old run: "
                              "heap/gone\nWarning: few rounds.\n"));
  EXPECT_THAT(text, HasSubstr("\n1 regressions beyond 3 %\n"));
}

}  // namespace
}  // namespace baton::suite
