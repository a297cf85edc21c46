#include "harness/suite/prediction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::suite {
namespace {

using nlohmann::json;
using testing::DoubleNear;

json cost(double ns) { return {{"ns", ns}, {"low", ns * 0.9}, {"high", ns * 1.1}}; }
json costs(double line) {
  return {{"instruction", {{"ns", 0.1}, {"low", 0.05}, {"high", 0.2}}},
          {"lock", cost(10)},
          {"exchange", cost(5)},
          {"malloc_free", cost(20)},
          {"malloc_free_across", cost(120)},
          {"copy_4k", cost(40.96)},
          {"line.near", cost(line)},
          {"lines.near", cost(1)}};
}
// Of nothing but 100 instructions.
json counts() {
  json told{{"handed_off", 0.0},
            {"instructions_of", {{"strategy", 60.0}, {"other", 40.0}, {"mutexes", 5.0}, {"copies", 5.0}}},
            {"freed_elsewhere", 0.0},
            {"lines_waited_for", 0.0},
            {"lines", {{"total", 0.0}}}};
  for (const char* kind : {"locks", "atomic_rmw", "bytes_copied"}) told["ledger"][kind]["total"] = 0.0;
  return told;
}

TEST(Prediction, EqualCountsDifferByNothing) {
  const Difference difference = difference_of(counts(), counts(), {costs(50)});
  EXPECT_TRUE(difference.terms.empty());
  const auto predicted = predict(difference, 1000, {});
  ASSERT_TRUE(predicted);
  EXPECT_EQ(predicted->ratio, 1);
  EXPECT_EQ(predicted->low, 1);
  EXPECT_EQ(predicted->high, 1);
}

// Each kind of step by itself, at its own cost.
TEST(Prediction, EveryKindOfStepCostsWhatItWasMeasuredToCost) {
  const auto added = [](auto change) {
    json more = counts();
    change(more);
    const Difference difference = difference_of(more, counts(), {costs(50)});
    EXPECT_EQ(difference.terms.size(), 1U);
    EXPECT_LT(difference.low(), difference.ns());
    EXPECT_GT(difference.high(), difference.ns());
    return std::pair(std::string(difference.terms.front().name), difference.ns());
  };
  const auto is = [](const char* name, double ns) { return testing::Pair(name, DoubleNear(ns, 1e-9)); };
  EXPECT_THAT(added([](json& of) { of["instructions_of"]["other"] = 140.0; }), is("instruction", 10));
  EXPECT_THAT(added([](json& of) { of["ledger"]["locks"]["total"] = 2.0; }), is("lock", 20));
  EXPECT_THAT(added([](json& of) { of["ledger"]["atomic_rmw"]["total"] = 3.0; }), is("exchange", 15));
  EXPECT_THAT(added([](json& of) { of["freed_elsewhere"] = 0.5; }), is("free_elsewhere", 50));
  EXPECT_THAT(added([](json& of) { of["ledger"]["bytes_copied"]["total"] = 1000.0; }), is("copy", 10));
  EXPECT_THAT(added([](json& of) { of["lines_waited_for"] = 2.0; }), is("line", 100));
  EXPECT_THAT(added([](json& of) { of["lines"]["buffer storage"] = 65.0; }), is("lines", 65));
}

TEST(Prediction, MoreWorkMeansFewerRequestsAndThreadsShareIt) {
  json more = counts();
  more["ledger"]["locks"]["total"] = 10.0;  // 100 ns, 90 to 110
  const Difference difference = difference_of(more, counts(), {costs(50)});
  const auto alone = predict(difference, 1000, {.least = 1, .most = 1});
  ASSERT_TRUE(alone);
  EXPECT_NEAR(alone->ratio, 1000.0 / 1100, 1e-9);
  EXPECT_NEAR(alone->low, 1000.0 / 1110, 1e-9);
  EXPECT_NEAR(alone->high, 1000.0 / 1090, 1e-9);
  const auto shared = predict(difference, 1000, {.least = 1, .most = 2});
  ASSERT_TRUE(shared);
  EXPECT_NEAR(shared->low, 1000.0 / 1110, 1e-9);
  EXPECT_NEAR(shared->high, 1000.0 / 1045, 1e-9);
}

TEST(Prediction, FetchWorkersShareWhatIsHandedOff) {
  const json configuration{{"client_workers", 2}, {"fetch_workers", 3}};
  json some = counts();
  EXPECT_EQ(sharing_of(configuration, some).most, 2);
  some["handed_off"] = 0.5;
  EXPECT_EQ(sharing_of(configuration, some).most, 5);
  EXPECT_EQ(sharing_of(configuration, some).least, 2);
}

TEST(Prediction, CostsAreThoseOfTheRegime) {
  const json all{costs(40), costs(160), costs(42)};
  EXPECT_EQ(costs_at(all, 82).size(), 2U);
  EXPECT_EQ(costs_at(all, 330).size(), 1U);
  EXPECT_EQ(costs_at(all, 1000).size(), 0U);
  EXPECT_EQ(costs_at(all, std::nullopt).size(), 3U);
}

TEST(Prediction, WithoutACostThereIsNoSum) {
  json more = counts();
  more["lines_waited_for"] = 1.0;
  const Difference difference = difference_of(more, counts(), {});
  ASSERT_EQ(difference.terms.size(), 1U);
  EXPECT_EQ(difference.terms.front().more, 1);
  EXPECT_FALSE(predict(difference, 1000, {}));
}

TEST(Prediction, WhatIsNotExplainedGetsTheStepThatNeedsTheLeast) {
  json more = counts();
  more["ledger"]["locks"]["total"] = 2.0;              // 20 ns
  more["instructions_of"]["strategy"] = 60.0 - 100.0;  // -10 ns
  const Difference difference = difference_of(more, counts(), {costs(50)});
  const auto contended = rescaled_to(difference, 210);  // 10 are foretold
  ASSERT_TRUE(contended);
  EXPECT_EQ(contended->term, "lock");
  EXPECT_NEAR(contended->factor, 11, 1e-9);
  const auto slow = rescaled_to(difference, -30);  // no lock costs less than nothing
  ASSERT_TRUE(slow);
  EXPECT_EQ(slow->term, "instruction");
  EXPECT_NEAR(slow->factor, 5, 1e-9);
}

}  // namespace
}  // namespace baton::suite
