#include "harness/measure/build_info.hpp"

#include <gmock/gmock.h>

namespace baton {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

BuildInfo release() {
  BuildInfo build = build_info();
  build.build_type = "Release";
  build.sanitizer = "none";
  build.checked = false;
  return build;
}

TEST(BuildInfo, it_names_the_commit_or_says_that_it_is_unavailable) {
  EXPECT_THAT(build_info().commit, AnyOf(MatchesRegex("[0-9a-f]{40}"), "unavailable"));
  EXPECT_THAT(build_info().dirty, AnyOf("yes", "no", "unavailable"));
}

TEST(BuildInfo, it_names_compiler_flags_and_libraries_with_their_versions) {
  const BuildInfo& build = build_info();
  EXPECT_THAT(build.compiler, MatchesRegex("(g\\+\\+|clang) [0-9]+\\..*"));
  EXPECT_THAT(build.flags, HasSubstr("-Werror")) << "the project's own options are among them";
  EXPECT_THAT(build.libc, MatchesRegex("glibc [0-9]+\\.[0-9]+.*"));
  for (const char* name : {"llhttp", "fmt", "nlohmann_json", "CLI11", "tomlplusplus"}) {
    EXPECT_THAT(to_json(build)["libraries"].value(name, ""), MatchesRegex("[0-9]+\\.[0-9]+.*")) << name;
  }
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
TEST(BuildInfo, a_sanitizer_build_says_so) { EXPECT_NE(build_info().sanitizer, "none"); }
#else
TEST(BuildInfo, a_build_that_the_compiler_did_not_instrument_names_no_address_or_thread_sanitizer) {
  EXPECT_THAT(build_info().sanitizer, AnyOf("none", "undefined"));
}
#endif

TEST(BuildInfo, a_release_build_is_fit_for_results_and_every_other_says_why_not) {
  EXPECT_THAT(unfit_for_results(release()), IsEmpty());
  BuildInfo build = release();
  build.build_type = "Debug";
  EXPECT_THAT(unfit_for_results(build), ElementsAre("the build type is Debug, not Release"));
  build = release();
  build.sanitizer = "thread";
  build.checked = true;
  EXPECT_THAT(unfit_for_results(build),
              ElementsAre("built with the thread sanitizer", "every strategy is wrapped in Checked"));
}

TEST(BuildInfo, the_dirty_flag_is_true_false_or_unavailable_in_a_record) {
  BuildInfo build = release();
  build.dirty = "yes";
  EXPECT_EQ(to_json(build)["dirty"], true);
  build.dirty = "no";
  EXPECT_EQ(to_json(build)["dirty"], false);
  build.dirty = "unavailable";
  EXPECT_EQ(to_json(build)["dirty"], "unavailable");
}

}  // namespace
}  // namespace baton
