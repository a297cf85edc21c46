#include "harness/measure/doctor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace baton {
namespace {

using nlohmann::json;

// A machine nobody could complain about.
Examination fit() {
  return {.environment = {{"cpu",
                           {{"usable", 16},
                            {"virtual_machine", false},
                            {"governor", "performance"},
                            {"boost", false},
                            {"smt", false}}},
                          {"clock", {{"stamps", "tsc"}, {"source", "tsc"}}},
                          {"memory", {{"transparent_huge_pages", "madvise"}, {"available_bytes", 8e9}}},
                          {"container", {{"cgroup", {{"cpus", "none"}}}}},
                          {"limits", {{"open_files_hard", 20000}}}},
          .unfit_build = {},
          .others_cores = 0.0,
          .steal_cores = 0.0,
          .round_trip_ns = 80.0,
          .counters_unavailable = {},
          .install = {}};
}

std::map<std::string, Severity> complaints(const Examination& seen) {
  std::map<std::string, Severity> found;
  for (const Finding& finding : diagnose(seen)) {
    if (finding.severity != Severity::good) {
      EXPECT_NE(finding.hurts, "") << finding.name;
      EXPECT_NE(finding.remedy, "") << finding.name;
      found.emplace(finding.name, finding.severity);
    }
  }
  return found;
}

TEST(Doctor, AFitMachineHasNoComplaints) { EXPECT_THAT(complaints(fit()), testing::IsEmpty()); }

TEST(Doctor, EachThingThatHurtsIsNamedByItself) {
  struct Case {
    const char* name;
    Severity severity;
    std::function<void(Examination&)> spoil;
  };
  const Case cases[] = {
      {"build", Severity::bad, [](Examination& e) { e.unfit_build = {"built with the thread sanitizer"}; }},
      {"CPUs", Severity::notice, [](Examination& e) { e.environment["cpu"]["usable"] = 2; }},
      {"CPUs", Severity::bad, [](Examination& e) { e.environment["cpu"]["usable"] = 1; }},
      {"other processes", Severity::notice, [](Examination& e) { e.others_cores = 0.3; }},
      {"other processes", Severity::bad, [](Examination& e) { e.others_cores = 1.2; }},
      {"stolen time", Severity::bad, [](Examination& e) { e.steal_cores = 0.5; }},
      {"virtualisation", Severity::notice,
       [](Examination& e) { e.environment["cpu"]["virtual_machine"] = true; }},
      {"frequency governor", Severity::notice,
       [](Examination& e) { e.environment["cpu"]["governor"] = "powersave"; }},
      {"frequency boost", Severity::notice, [](Examination& e) { e.environment["cpu"]["boost"] = true; }},
      {"threads per core", Severity::notice, [](Examination& e) { e.environment["cpu"]["smt"] = true; }},
      {"time stamps", Severity::notice,
       [](Examination& e) { e.environment["clock"]["stamps"] = "clock_gettime"; }},
      {"core to core", Severity::notice, [](Examination& e) { e.round_trip_ns = std::nullopt; }},
      {"transparent huge pages", Severity::notice,
       [](Examination& e) { e.environment["memory"]["transparent_huge_pages"] = "always"; }},
      {"free memory", Severity::bad,
       [](Examination& e) { e.environment["memory"]["available_bytes"] = 1e6; }},
      {"CPU quota", Severity::bad,
       [](Examination& e) { e.environment["container"]["cgroup"]["cpus"] = 1.5; }},
      {"open files", Severity::notice,
       [](Examination& e) { e.environment["limits"]["open_files_hard"] = 1024; }},
      {"hardware counters", Severity::notice,
       [](Examination& e) { e.counters_unavailable = "No such file"; }},
      {"allocators", Severity::notice, [](Examination& e) { e.install = {"libjemalloc2"}; }},
  };
  for (const Case& one : cases) {
    Examination seen = fit();
    one.spoil(seen);
    EXPECT_THAT(complaints(seen), testing::ElementsAre(testing::Pair(one.name, one.severity)));
  }
}

TEST(Doctor, AMachineThatTellsNothingIsNotAccused) {
  Examination nothing;
  nothing.environment = json::object();
  EXPECT_THAT(complaints(nothing),
              testing::ElementsAre(testing::Key("core to core"), testing::Key("time stamps")));
}

}  // namespace
}  // namespace baton
