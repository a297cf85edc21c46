#include "harness/suite/expectations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/suite_file.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/workload.hpp"
#include "made_up_record.hpp"

namespace baton::suite {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kHead =
    "name = \"mine\"\ntitle = \"t\"\n[[expect]]\nthat = \"it is so\"\nbecause = \"of that\"\n";

class Expectations : public testing::Test {
 protected:
  Expectations() : file_(std::filesystem::path(testing::TempDir()) / "mine.toml") {}
  ~Expectations() override { std::filesystem::remove(file_); }

  std::vector<Expectation> read(const std::string& text) {
    std::ofstream(file_) << text;
    return read_expectations(file_);
  }
  std::string complaint(const std::string& below) {
    try {
      static_cast<void>(read(kHead + below));
    } catch (const BadInput& error) {
      return error.what();
    }
    return "";
  }
  // A cell at that share of handoffs, which served so many times what heap did.
  void add(const std::string& strategy, double share, double low, double high) {
    json record = made_up_record(strategy, "mine", 1);
    const std::string place = "/mine/ratio=" + std::to_string(share);
    record["cell_id"] = strategy + place;
    record["configuration"]["handoff"]["ratio"] = share;
    evidence_.add(record);
    summary_["comparisons"].push_back({{"candidate", strategy + place},
                                       {"baseline", "heap" + place},
                                       {"metric", "throughput"},
                                       {"regime", "near"},
                                       {"ratio", (low + high) / 2},
                                       {"simultaneous", {{"low", low}, {"high", high}}}});
  }
  json told(const std::string& below) { return expectations_json(read(kHead + below), evidence_, summary_); }

  std::filesystem::path file_;
  Evidence evidence_;
  json summary_{{"cells", json::array()}, {"comparisons", json::array()}};
};

constexpr const char* kFaster =
    "strategies = [\"two_cache\", \"locked_pool\"]\nneeds = [{ metric = \"throughput\", beside = \"heap\", "
    "at_least = 1.0 }]\n";

TEST_F(Expectations, HoldWhereEveryCellThatCanTellSaysSo) {
  add("two_cache", 0.0, 1.02, 1.08);
  add("locked_pool", 0.0, 0.98, 1.08);  // cannot tell
  const json list = told(kFaster);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list.front().at("answer"), "held");
  EXPECT_EQ(list.front().at("workload"), "mine");
  EXPECT_EQ(list.front().at("because"), "of that");
  EXPECT_EQ(list.front().at("cells").at(0).at("answer"), "held");
  EXPECT_EQ(list.front().at("cells").at(1).at("answer"), "cannot tell");
}

TEST_F(Expectations, DoNotHoldWhereOneCellSaysOtherwise) {
  add("two_cache", 0.0, 1.02, 1.08);
  add("two_cache", 1.0, 0.92, 0.98);
  const json list = told(kFaster);
  EXPECT_EQ(list.front().at("answer"), "did not hold");
  EXPECT_EQ(told(std::string("where = { \"handoff.ratio\" = 0.0 }\n") + kFaster).front().at("answer"),
            "held");
  EXPECT_THAT(sentences_of(list),
              ElementsAre("Of 1 expectations of the workloads 0 held, 1 did not, 0 cannot be told.",
                          HasSubstr("Expected of mine, and not so: it is so (two_cache/mine/ratio=1")));
}

TEST_F(Expectations, AreNotAskedWhereNoCellIsMeantAndCannotTellWhereNothingWasCompared) {
  add("stealing", 0.0, 1.02, 1.08);
  EXPECT_EQ(told(kFaster), json::array());
  EXPECT_TRUE(sentences_of(json::array()).empty());
  add("two_cache", 0.0, 1.02, 1.08);
  summary_["comparisons"].clear();
  EXPECT_EQ(told(kFaster).front().at("answer"), "cannot tell");
}

TEST_F(Expectations, MayBeOfWhatIsCounted) {
  add("two_cache", 1.0, 0.9, 0.98);
  const std::string locks =
      "strategies = [\"two_cache\"]\nneeds = [{ counted = \"locks\", at_least = 1.9, at_most = 2.1 }]\n";
  EXPECT_EQ(told(locks).front().at("answer"), "cannot tell");  // nobody counted
  summary_["cells"].push_back({{"cell_id", evidence_.cells().front().id}, {"ledger", {{"locks", 2.0}}}});
  EXPECT_EQ(told(locks).front().at("answer"), "held");
  summary_["cells"].back()["ledger"]["locks"] = 4.0;
  const json list = told(locks);
  EXPECT_EQ(list.front().at("answer"), "did not hold");
  EXPECT_EQ(list.front().at("cells").at(0).at("because"),
            "locks a request are 4, and are to be at least 1.9 and at most 2.1");
  EXPECT_EQ(to_json(expectations_from_json(to_json(read(kHead + locks)))), to_json(read(kHead + locks)));
  EXPECT_THAT(complaint("strategies = [\"heap\"]\nneeds = [{ counted = \"lokcs\", at_most = 1 }]\n"),
              HasSubstr("mine.toml:7: unknown count 'lokcs'; did you mean 'locks'"));
  EXPECT_THAT(
      complaint(
          "strategies = [\"heap\"]\nneeds = [{ counted = \"locks\", beside = \"heap\", at_most = 1 }]\n"),
      HasSubstr("a need with `counted` has no beside"));
}

TEST_F(Expectations, ArePartOfThePlan) {
  const auto expected =
      read(std::string(kHead) + "source = \"there\"\nwhere = { \"load.connections\" = 4 }\n" + kFaster);
  EXPECT_EQ(to_json(expectations_from_json(to_json(expected))), to_json(expected));
  EXPECT_EQ(to_json(expected).front().at("where"), json({{"load.connections", "4"}}));
  EXPECT_EQ(to_json(expected).front().at("source"), "there");
}

TEST_F(Expectations, AreRefusedWithTheLineWhereTheyMakeNoSense) {
  EXPECT_THAT(complaint("strategies = [\"two_cahce\"]\n"),
              HasSubstr("mine.toml:6: unknown strategy 'two_cahce'; did you mean 'two_cache'"));
  EXPECT_THAT(complaint("needs = []\n"), HasSubstr("mine.toml:3: strategies is missing"));
  EXPECT_THAT(complaint("strategies = [\"heap\"]\n"), HasSubstr("mine.toml:3: needs is missing"));
  EXPECT_THAT(complaint("who = \"me\"\n"), HasSubstr("mine.toml:6: unknown key of [[expect]] 'who'"));
  EXPECT_THAT(complaint("strategies = [\"heap\"]\nwhere = { \"handoff.share\" = 1 }\n"),
              HasSubstr("mine.toml:7: unknown setting 'handoff.share'"));
}

TEST(WorkloadsThatComeAlong, ExpectSomethingEach) {
  for (const trial::Workload& workload : trial::read_workloads(trial::workload_directory(""))) {
    EXPECT_FALSE(read_expectations(workload.file).empty()) << workload.name;
    EXPECT_FALSE(workload.question.empty()) << workload.name;
  }
}

TEST(ASweep, GivesACellForEveryValueUnlessTheSettingIsAskedForOtherwise) {
  const auto workloads = trial::read_workloads(trial::workload_directory(""));
  const std::vector<trial::Workload> swept{trial::find_workload(workloads, "handoff_ratio")};
  const trial::Setting* const ratio = trial::find_setting("handoff", "ratio");
  ASSERT_EQ(swept.front().sweeps.front().setting, ratio);
  EXPECT_EQ(make_cells({"heap", "two_cache"}, swept, {}).size(),
            2 * swept.front().sweeps.front().values.size());
  const auto one = make_cells({"heap"}, swept, {{.setting = ratio, .values = {0.3}}});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(ratio->get(one.front().config), trial::Value(0.3));
}

}  // namespace
}  // namespace baton::suite
