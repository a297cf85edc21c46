#include "harness/measure/build_info.hpp"

#include <gnu/libc-version.h>

#include <cstddef>

#include "baton/build_commit.hpp"     // made anew by every build in which commit or work tree changed
#include "baton/build_libraries.hpp"  // made when CMake configures

// BATON_VERSION, BATON_BUILD_TYPE and BATON_FLAGS come from cmake/BatonBuildInfo.cmake.

namespace baton {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

#if defined(BATON_SANITIZER)
constexpr const char* kSanitizer = BATON_SANITIZER;
#else
constexpr const char* kSanitizer = "none";
#endif

#if defined(BATON_CHECKED)
constexpr bool kChecked = true;
#else
constexpr bool kChecked = false;
#endif

}  // namespace

const BuildInfo& build_info() {
  static const BuildInfo info{
      .version = BATON_VERSION,
      .commit = BATON_COMMIT,
      .dirty = BATON_DIRTY,
      .compiler = kCompiler,
      .flags = BATON_FLAGS,
      .build_type = BATON_BUILD_TYPE,
      .sanitizer = kSanitizer,
      .checked = kChecked,
      .libc = std::string("glibc ") + gnu_get_libc_version(),
      .libstdcxx = std::to_string(_GLIBCXX_RELEASE) + " (" + std::to_string(__GLIBCXX__) + ")",
      .libraries = {BATON_LIBRARIES},
  };
  return info;
}

std::vector<std::string> unfit_for_results(const BuildInfo& build) {
  std::vector<std::string> reasons;
  if (build.build_type != "Release")
    reasons.push_back("the build type is " + build.build_type + ", not Release");
  if (build.sanitizer != "none") reasons.push_back("built with the " + build.sanitizer + " sanitizer");
  if (build.checked) reasons.emplace_back("every strategy is wrapped in Checked");
  return reasons;
}

nlohmann::json to_json(const BuildInfo& build) {
  nlohmann::json libraries = nlohmann::json::object();
  for (const auto& [name, version] : build.libraries) libraries[name] = version;
  nlohmann::json dirty = build.dirty;
  if (build.dirty == "yes" || build.dirty == "no") dirty = build.dirty == "yes";
  return {{"version", build.version},     {"commit", build.commit},   {"dirty", dirty},
          {"compiler", build.compiler},   {"flags", build.flags},     {"build_type", build.build_type},
          {"sanitizer", build.sanitizer}, {"checked", build.checked}, {"libc", build.libc},
          {"libstdcxx", build.libstdcxx}, {"libraries", libraries}};
}

}  // namespace baton
