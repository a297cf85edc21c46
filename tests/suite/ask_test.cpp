#include "harness/suite/ask.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/trial/bad_input.hpp"
#include "made_up_record.hpp"

namespace baton::suite {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Ask : public testing::Test {
 protected:
  Ask() : file_(std::filesystem::path(testing::TempDir()) / "ask.toml") {
    for (const double rate : {1000.0, 4000.0}) {
      for (const char* strategy : {"heap", "two_cache"}) {
        json record = made_up_record(strategy, "handoff_ratio", 1);
        record["cell_id"] =
            std::string(strategy) + "/handoff_ratio/rate=" + std::to_string(static_cast<int>(rate));
        record["configuration"]["load"] = {{"loop", "open"}, {"rate", rate}};
        evidence_.add(record);
      }
    }
  }
  ~Ask() override { std::filesystem::remove(file_); }

  std::vector<AskedQuestion> read(const std::string& text) {
    std::ofstream(file_) << text;
    return read_questions(file_);
  }
  std::string complaint(const std::string& text) {
    try {
      static_cast<void>(read(text));
    } catch (const BadInput& error) {
      return error.what();
    }
    return "";
  }
  // Of two_cache at 4,000 requests/s, in one regime: a p99 from low to high, and so many times the throughput
  // of heap.
  static json summary(double low, double high, double ratio_low = 0.9, double ratio_high = 1.1,
                      double level = 0.95) {
    const std::string id = "two_cache/handoff_ratio/rate=4000";
    return {{"cells",
             {{{"cell_id", id},
               {"regime", "near"},
               {"metrics",
                {{"intended_p99",
                  {{"median", (low + high) / 2},
                   {"trials", 6},
                   {"interval", {{"low", low}, {"high", high}, {"level", level}}}}}}}}}},
            {"comparisons",
             {{{"candidate", id},
               {"baseline", "heap/handoff_ratio/rate=4000"},
               {"metric", "throughput"},
               {"regime", "near"},
               {"ratio", (ratio_low + ratio_high) / 2},
               {"simultaneous", {{"low", ratio_low}, {"high", ratio_high}}}}}}};
  }
  std::string answer(const std::string& needs, const json& summary) {
    const auto asked = read(kHead + needs);
    const json answers = answer_questions(asked, evidence_, summary);
    return answers.front().at("answer");
  }

  static constexpr const char* kHead =
      "[[question]]\nask = \"Is it fast?\"\nstrategy = \"two_cache\"\nworkload = \"handoff_ratio\"\nwhere = "
      "{ "
      "\"load.rate\" = 4000.0 }\n";
  std::filesystem::path file_;
  Evidence evidence_;
};

TEST_F(Ask, AnIntervalWithinTheBoundIsYesBeyondItNoAndAcrossItNobodyCanTell) {
  const std::string needs = "needs = [{ metric = \"intended_p99\", at_most = \"200us\" }]\n";
  EXPECT_EQ(answer(needs, summary(150e3, 200e3)), "yes");
  EXPECT_EQ(answer(needs, summary(201e3, 250e3)), "no");
  EXPECT_EQ(answer(needs, summary(150e3, 250e3)), "cannot tell");
  EXPECT_EQ(answer("needs = [{ metric = \"cpu\", at_most = \"2us\" }]\n", summary(1, 2)),
            "cannot tell");  // no figure
  EXPECT_EQ(answer("needs = [{ metric = \"intended_p99\", at_least = \"100us\", at_most = 2e5 }]\n",
                   summary(150e3, 160e3)),
            "yes");
}

// Three trials from 100 to 110 us: Student's t is 4.3, and their standard deviation at most 6.1 us.
TEST_F(Ask, FewTrialsAnswerWhereTheBoundIsFarAway) {
  json few = summary(100e3, 110e3, 1, 1, 0.75);
  few["cells"].front()["metrics"]["intended_p99"].update(
      {{"trials", 3}, {"least", 100e3}, {"greatest", 110e3}, {"mean", 105e3}});
  const auto at_most = [&](const std::string& bound) {
    return answer("needs = [{ metric = \"intended_p99\", at_most = \"" + bound + "\" }]\n", few);
  };
  EXPECT_EQ(at_most("121us"), "yes");
  EXPECT_EQ(at_most("120us"), "cannot tell");
  EXPECT_EQ(at_most("90us"), "cannot tell");
  EXPECT_EQ(at_most("89us"), "no");
  few["cells"].front()["metrics"]["intended_p99"]["mean"] = nullptr;  // two heaps
  EXPECT_EQ(at_most("121us"), "cannot tell");
  few["cells"].front()["metrics"]["intended_p99"].update({{"trials", 2}, {"mean", 105e3}});
  EXPECT_EQ(at_most("121us"), "cannot tell");
}

TEST_F(Ask, ARegimeThatWasMetByTheWayHasNoSay) {
  const std::string needs = "needs = [{ metric = \"intended_p99\", at_most = \"200us\" }]\n";
  json two = summary(150e3, 160e3);
  json far = two.at("cells").front();
  far["regime"] = "far";
  far["metrics"]["intended_p99"]["interval"] = nullptr;
  far["metrics"]["intended_p99"]["trials"] = 1;  // beside 6
  two["cells"].push_back(far);
  EXPECT_EQ(answer(needs, two), "yes");
  two["cells"].back()["metrics"]["intended_p99"]["trials"] = 2;
  EXPECT_EQ(answer(needs, two), "cannot tell");
}

TEST_F(Ask, ARatioIsBesideAStrategyThatTheRunComparedWith) {
  const std::string needs = "needs = [{ metric = \"throughput\", beside = \"heap\", at_least = 0.98 }]\n";
  EXPECT_EQ(answer(needs, summary(1, 2, 0.99, 1.02)), "yes");
  EXPECT_EQ(answer(needs, summary(1, 2, 0.90, 0.95)), "no");
  EXPECT_EQ(answer(needs, summary(1, 2, 0.95, 1.02)), "cannot tell");
  EXPECT_THROW(
      static_cast<void>(answer(
          "needs = [{ metric = \"throughput\", beside = \"locked_pool\", at_least = 1 }]\n", summary(1, 2))),
      BadInput);
}

TEST_F(Ask, AllNeedsHaveToBeMet) {
  const std::string needs =
      "needs = [{ metric = \"intended_p99\", at_most = \"200us\" }, { metric = \"throughput\", beside = "
      "\"heap\", at_least = 0.98 }]\n";
  EXPECT_EQ(answer(needs, summary(150e3, 160e3, 0.99, 1.02)), "yes");
  EXPECT_EQ(answer(needs, summary(150e3, 160e3, 0.90, 1.02)), "cannot tell");
  EXPECT_EQ(answer(needs, summary(150e3, 250e3, 0.90, 0.95)), "no");
}

TEST_F(Ask, TheExitCodeIsThatOfTheWorstAnswer) {
  const auto answers = [](const std::vector<std::string>& all) {
    json list = json::array();
    for (const std::string& one : all) list.push_back({{"answer", one}});
    return list;
  };
  EXPECT_EQ(exit_code_of(answers({"yes", "yes"})), 0);
  EXPECT_EQ(exit_code_of(answers({"yes", "cannot tell"})), 3);
  EXPECT_EQ(exit_code_of(answers({"cannot tell", "no", "yes"})), 1);
}

TEST_F(Ask, WhatNoCellIsMeantByIsRefusedWithTheCellsThatThereAre) {
  const auto refused = [&](const std::string& text) {
    const auto asked = read(text);
    try {
      static_cast<void>(answer_questions(asked, evidence_, summary(1, 2)));
    } catch (const BadInput& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::string needs = "needs = [{ metric = \"cpu\", at_most = 1 }]\n";
  const std::string two =
      "[[question]]\nask = \"?\"\nstrategy = \"two_cache\"\nworkload = \"handoff_ratio\"\n" + needs;
  EXPECT_THAT(refused(two), HasSubstr("2 of the run's cells are meant"));
  EXPECT_THAT(refused(two), HasSubstr("two_cache/handoff_ratio/rate=1000"));
  const std::string none =
      "[[question]]\nask = \"?\"\nstrategy = \"two_cache\"\nworkload = \"handoff_ratio\"\nwhere = { "
      "\"load.rate\" = 9.0 }\n" +
      needs;
  EXPECT_THAT(refused(none), HasSubstr("none of the run's cells is meant"));
}

TEST_F(Ask, BadFilesAreRefusedWithLineAndWhatIsValid) {
  EXPECT_THAT(complaint(""), HasSubstr("[[question]]"));
  EXPECT_THAT(complaint("[[question]]\nask = \"?\"\n"), HasSubstr("strategy is missing"));
  EXPECT_THAT(complaint("[[question]]\nask = \"?\"\nstrategy = \"two_cahce\"\nworkload = \"x\"\n"),
              HasSubstr("ask.toml:3: unknown strategy 'two_cahce'; did you mean 'two_cache'"));
  EXPECT_THAT(complaint(std::string(kHead) + "needs = [{ metric = \"p99\", at_most = 1 }]\n"),
              HasSubstr("unknown metric 'p99'"));
  EXPECT_THAT(complaint(std::string(kHead) + "needs = [{ metric = \"cpu\" }]\n"),
              HasSubstr("neither at_least nor at_most"));
  EXPECT_THAT(complaint(std::string(kHead) + "needs = [{ metric = \"cpu\", at_most = \"2 MiB\" }]\n"),
              HasSubstr("at_most is '2 MiB'; valid is a number, alone (in us) or with one of ns, us, ms, s"));
  EXPECT_THAT(
      complaint(
          "[[question]]\nask = \"?\"\nstrategy = \"heap\"\nworkload = \"x\"\nwhere = { \"load.rat\" = 1 }\n"),
      HasSubstr("unknown setting 'load.rat'"));
  EXPECT_THAT(complaint("[[quetsion]]\nask = \"?\"\n"), HasSubstr("unknown key 'quetsion'"));
}

TEST(Amounts, AreInTheMetricsUnitOrOneThatConverts) {
  EXPECT_DOUBLE_EQ(amount_in("ns", "1.5ms"), 1.5e6);
  EXPECT_DOUBLE_EQ(amount_in("ns", "200"), 200);
  EXPECT_DOUBLE_EQ(amount_in("us", "2 ms"), 2000);
  EXPECT_DOUBLE_EQ(amount_in("bytes", "8 MiB"), 8 * 1048576.0);
  EXPECT_DOUBLE_EQ(amount_in("bytes", "8MB"), 8e6);
  EXPECT_DOUBLE_EQ(amount_in("requests/s", "1.2M"), 1.2e6);
  for (const auto& [unit, text] : {std::pair("ns", "8 MiB"), std::pair("bytes", "1us"), std::pair("ns", "us"),
                                   std::pair("", "1us"), std::pair("ns", "")}) {
    EXPECT_THROW(static_cast<void>(amount_in(unit, text)), BadInput) << text;
  }
}

}  // namespace
}  // namespace baton::suite
