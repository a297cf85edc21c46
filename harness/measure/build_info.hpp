// Which build of Baton this is. Written at build time by cmake/BatonBuildInfo.cmake. Any thread may call
// anything.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace baton {

struct BuildInfo {
  std::string version;  // of the project
  std::string commit;   // full hash; "unavailable" if built outside a git checkout
  std::string
      dirty;  // "yes" if a file the program is built from differed from the commit; "no"; "unavailable"
  std::string compiler;    // name and version
  std::string flags;       // every option Baton's sources are compiled with
  std::string build_type;  // CMake's: Release, RelWithDebInfo, Debug
  std::string sanitizer;   // "none", "address", "undefined" or "thread"
  bool checked = false;    // every strategy is wrapped in Checked, also where trials are timed
  std::string libc;        // at run time
  std::string libstdcxx;
  std::vector<std::pair<std::string, std::string>> libraries;  // name, version
};

[[nodiscard]] const BuildInfo& build_info();

// Why results of this build must not be recorded as measurements, a phrase each; empty for a Release build
// without sanitizer and checks.
[[nodiscard]] std::vector<std::string> unfit_for_results(const BuildInfo& build);

[[nodiscard]] nlohmann::json to_json(const BuildInfo& build);

}  // namespace baton
