// The suites that come with Baton say what they are for, and can be run.
#include "harness/suite/suite_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "harness/suite/plan.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/workload.hpp"

namespace baton::suite {
namespace {

namespace fs = std::filesystem;

fs::path suites() { return fs::path(trial::workload_directory("")) / "suites"; }

RunRequest read(const fs::path& file) {
  return read_suite(file.string(), trial::read_workloads(trial::workload_directory("")));
}

TEST(Suites, AllThatLieThereCanBePlanned) {
#ifdef BATON_SANITIZER
  GTEST_SKIP() << "a sanitizer brings an allocator of its own, and some suites ask for others";
#endif
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(suites())) {
    const RunRequest request = read(entry.path());
    EXPECT_FALSE(round_of(make_plan(request), 1).empty()) << entry.path();
    names.insert(request.suite);
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"smoke", "quick", "full"}));
}

TEST(Suites, TheFullOneHasEveryStrategyAndFiveAllocatorsAtFourNumbersOfThreads) {
#ifdef BATON_SANITIZER
  GTEST_SKIP() << "a sanitizer brings an allocator of its own, and some suites ask for others";
#endif
  std::set<std::string> strategies;
  std::set<std::string> allocators;
  std::set<std::uint32_t> threads;
  std::set<std::string> workloads = {"burst_then_calm"};  // has a suite of its own
  for (const AskedCell& asked : read(suites() / "full.toml").cells) {
    const trial::TrialConfig& cell = asked.config;
    strategies.insert(cell.strategy);
    allocators.insert(cell.allocator);
    threads.insert(cell.pipeline.client_workers);
    workloads.insert(cell.workload);
  }
  EXPECT_EQ(allocators.size(), 5U);
  EXPECT_THAT(threads, testing::IsSupersetOf({1, 2, 4, 8}));
  EXPECT_GE(strategies.size(), 9U);
  for (const trial::Workload& workload : trial::read_workloads(trial::workload_directory(""))) {
    EXPECT_TRUE(workloads.contains(workload.name)) << workload.name;
  }
}

TEST(Suites, ACellWithFewerTrialsTakesPartInTheFirstRoundsOnly) {
  const Plan plan = plan_from_json(to_json(make_plan(read(suites() / "quick.toml"))));
  std::map<std::string, std::uint32_t> rounds_of_workload;
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    std::set<std::string> seen;
    for (const trial::TrialSpec& spec : round_of(plan, round)) seen.insert(spec.config.workload);
    for (const std::string& workload : seen) ++rounds_of_workload[workload];
  }
  EXPECT_EQ(rounds_of_workload.at("read_ahead"), plan.rounds);
  EXPECT_GE(rounds_of_workload.at("hangup_blocked"), 3U);
  EXPECT_LT(rounds_of_workload.at("hangup_blocked"), plan.rounds);
}

TEST(Suites, ACellsMetricsAreThoseOfTheTableAndComeIntoThePlan) {
  const fs::path file = fs::path(testing::TempDir()) / "asks.toml";
  const auto with = [&](const std::string& metric) {
    std::ofstream(file)
        << "name = \"asks\"\ntitle = \"made up\"\n[[cells]]\nstrategies = [\"heap\"]\nworkloads = "
           "[\"web_mix\"]\nasks = [\"cpu\", \""
        << metric << "\"]\n";
    return read(file);
  };
  const Plan plan = plan_from_json(to_json(make_plan(with("tie_p50"))));
  EXPECT_THAT(plan.cells.front().asks, testing::ElementsAre("cpu", "tie_p50"));
  try {
    static_cast<void>(with("tie_p5"));
    ADD_FAILURE() << "an unknown metric was taken";
  } catch (const BadInput& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'tie_p50'?"));
  }
  fs::remove(file);
}

TEST(Suites, TheQuickOneHasAnAAOfEveryVariantAndAnOpenLoop) {
  const Plan plan = make_plan(read(suites() / "quick.toml"));
  bool open = false;
  std::set<std::string> again;
  std::set<std::string> baseline;
  for (const PlannedCell& cell : plan.cells) {
    open |= cell.config.load.loop == trial::Loop::open;
    if (cell.again) again.insert(cell.id);
    if (cell.config.strategy == "heap" && !cell.again) baseline.insert(cell.id + "/again");
  }
  EXPECT_TRUE(open);
  EXPECT_EQ(again, baseline);
  EXPECT_FALSE(again.empty());
}

}  // namespace
}  // namespace baton::suite
