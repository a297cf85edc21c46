#include "harness/suite/verdicts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <nlohmann/json.hpp>

namespace baton::suite {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

json one(const std::string& candidate, double ratio, const std::string& answer,
         const std::string& regime = "near", std::size_t units = 20) {
  return {{"metric", "throughput"},
          {"axis", "/strategy"},
          {"candidate", candidate + "/made_up"},
          {"baseline", "heap/made_up"},
          {"regime", regime},
          {"units", units},
          {"oversubscribed", false},
          {"ratio", ratio},
          {"answer", answer},
          {"simultaneous", {{"low", ratio - 0.01}, {"high", ratio + 0.01}}}};
}

json made_up_summary(const json& comparisons) {
  json cells = json::array();
  for (const char* strategy : {"heap", "two_cache", "ideal"}) {
    cells.push_back({{"cell_id", std::string(strategy) + "/made_up"},
                     {"conditions", "no response handed off"},
                     {"trials", 10}});
  }
  return {{"cells", std::move(cells)},      {"comparisons", comparisons},
          {"safety", json::array()},        {"build", {{"build_type", "Release"}}},
          {"quarantined", json::array()},   {"resolution", json::array()},
          {"regimes", {{{"name", "near"}}}}};
}

TEST(Verdicts, SayWhoIsFasterByHowMuchAndTheFloorComesLast) {
  const json verdicts = verdicts_json(
      made_up_summary({one("ideal", 1.2, "better"), one("two_cache", 1.1, "better"),
                       one("locked_pool", 0.9, "worse"), one("lockfree_stack", 1.0, "no difference"),
                       one("workspace_copy", 1.0, "undecided")}),
      2);
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].at("sentence"),
            "No response handed off: more requests/s than heap: two_cache +10.0 % [9.0, 11.0], ideal +20.0 % "
            "[19.0, 21.0]; fewer requests/s than heap: "
            "locked_pool -10.0 % [-11.0, -9.0]; the same as heap: lockfree_stack; not told: workspace_copy.");
  EXPECT_EQ(verdicts[0].at("comparisons"),
            json({{"better", {0, 1}}, {"worse", {2}}, {"no difference", {3}}, {"undecided", {4}}}));
  EXPECT_THAT(verdicts[0].at("limit").get<std::string>(), StartsWith("2 CPUs"));
  EXPECT_EQ(verdicts[0].at("rests_on"), "time, 20 pairs");
}

TEST(Verdicts, TheRegimeWithTheMostEvidenceIsTheMainOne) {
  const json verdicts = verdicts_json(made_up_summary({one("two_cache", 1.1, "better", "near", 4),
                                                       one("two_cache", 1.3, "better", "far", 20)}),
                                      8);
  ASSERT_EQ(verdicts.size(), 2U);
  for (const json& verdict : verdicts) {
    EXPECT_EQ(verdict.at("main").get<bool>(), verdict.at("regime") == "far");
    EXPECT_EQ(verdict.at("limit"), "");
  }
}

TEST(Verdicts, CountsAreSaidToExplainWhatTheyDo) {
  json explained = one("two_cache", 1.1, "better");
  explained["predicted"] = {{"agrees", true}};
  json unexplained = one("locked_pool", 0.9, "worse");
  unexplained["predicted"] = {{"agrees", false}};
  const json verdicts =
      verdicts_json(made_up_summary({explained, unexplained, one("ideal", 1.1, "better")}), 8);
  EXPECT_THAT(verdicts[0].at("rests_on").get<std::string>(), HasSubstr("explain 1 of 2 ratios"));
}

TEST(Machine, IsGreenOnlyIfNothingSpeaksAgainstIt) {
  const json quiet = made_up_summary(json::array());
  const json metal{{"cpu", {{"usable", 8}, {"virtual_machine", "none"}}}};
  EXPECT_EQ(machine_json(quiet, metal), json({{"light", "green"}, {"because", json::array()}}));
  EXPECT_EQ(machine_json(quiet, {{"cpu", {{"usable", 2}}}}).at("light"), "yellow");
  json biased = quiet;
  biased["resolution"].push_back(
      {{"metric", "throughput"}, {"cell_id", "heap/made_up"}, {"ratio", 1.01}, {"biased", true}});
  EXPECT_EQ(machine_json(biased, metal).at("light"), "red");
  json checked = quiet;
  checked["build"]["build_type"] = "Debug";
  EXPECT_EQ(machine_json(checked, metal).at("light"), "red");
  json disturbed = quiet;
  for (int i = 0; i < 10; ++i) disturbed["quarantined"].push_back(json::object());  // of 40
  EXPECT_EQ(machine_json(disturbed, metal).at("light"), "yellow");
  EXPECT_THAT(machine_json(disturbed, metal).at("because")[0].get<std::string>(),
              StartsWith("25 % of the trials"));
}

}  // namespace
}  // namespace baton::suite
