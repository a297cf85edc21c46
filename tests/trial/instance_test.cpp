// Which strategies a name stands for.
#include "harness/trial/instance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace baton::trial {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAreArray;

TEST(Strategies, AllMeansBatonsOwnAndLeavesAdaptersOut) {
  EXPECT_EQ(strategies_called("all").size(), instances().size());
  for (const Instance& adapter : adapters()) {
    EXPECT_THAT(strategies_called("all"), Not(Contains(adapter.name())));
    EXPECT_THAT(strategies_called("adapters"), Contains(adapter.name()));
    EXPECT_THAT(strategies_called(adapter.name()), ElementsAre(adapter.name()));
  }
}

TEST(Strategies, TheGroupsOfTheRegistryAreAllOfItAndShareNothing) {
  std::vector<std::string_view> together;
  for (const std::string_view group : strategy_groups()) {
    if (group != "all" && group != "adapters") {
      EXPECT_THAT(strategies_called(group), Not(IsEmpty())) << group;
      const auto names = strategies_called(group);
      together.insert(together.end(), names.begin(), names.end());
    }
  }
  EXPECT_THAT(together, UnorderedElementsAreArray(strategies_called("all")));
  EXPECT_THAT(strategies_called("proposal"), Contains("two_cache"));
  EXPECT_THAT(strategies_called("servers"), Contains("magazine"));
}

TEST(Strategies, EveryNameFindsItsStrategyAndNoOther) {
  EXPECT_EQ(strategy_names().size(), instances().size() + adapters().size());
  for (const std::string_view name : strategy_names()) {
    ASSERT_NE(find_instance(name), nullptr) << name;
    EXPECT_EQ(find_instance(name)->name(), name);
  }
  for (const std::string_view group : strategy_groups()) {
    EXPECT_EQ(find_instance(group), nullptr) << group;
  }
  EXPECT_THAT(strategies_called("two_cahce"), IsEmpty());
}

}  // namespace
}  // namespace baton::trial
