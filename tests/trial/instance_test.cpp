// Which strategies a name stands for.
#include "harness/trial/instance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::trial {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST(Strategies, AllMeansBatonsOwnAndLeavesAdaptersOut) {
  EXPECT_EQ(strategies_called("all").size(), instances().size());
  for (const Instance& adapter : adapters()) {
    EXPECT_THAT(strategies_called("all"), Not(Contains(adapter.name())));
    EXPECT_THAT(strategies_called("adapters"), Contains(adapter.name()));
    EXPECT_THAT(strategies_called(adapter.name()), ElementsAre(adapter.name()));
  }
}

TEST(Strategies, EveryNameFindsItsStrategyAndNoOther) {
  EXPECT_EQ(strategy_names().size(), instances().size() + adapters().size());
  for (const std::string_view name : strategy_names()) {
    ASSERT_NE(find_instance(name), nullptr) << name;
    EXPECT_EQ(find_instance(name)->name(), name);
  }
  EXPECT_EQ(find_instance("all"), nullptr);
  EXPECT_THAT(strategies_called("two_cahce"), IsEmpty());
}

}  // namespace
}  // namespace baton::trial
