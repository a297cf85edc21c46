#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/measure/costs.hpp"

namespace baton {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

std::vector<std::string> names(const std::vector<Cost>& costs) {
  std::vector<std::string> list;
  std::ranges::transform(costs, std::back_inserter(list), &Cost::name);
  return list;
}

std::vector<std::string> names(const std::vector<Distance>& distances) {
  std::vector<std::string> list;
  std::ranges::transform(distances, std::back_inserter(list), &Distance::name);
  return list;
}

TEST(Costs, AreMeasuredOnAnyMachine) {
  const std::vector<Cost> costs = measure_costs();
  EXPECT_THAT(names(costs), IsSupersetOf({"instruction", "lock", "exchange", "page_fault", "malloc_free",
                                          "copy_4k", "copy_16k"}));
  for (const Cost& cost : costs) {
    // Neighbouring lines of two threads of one core lie in its cache all the time.
    if (!cost.name.starts_with("lines.")) {
      EXPECT_GT(cost.ns, 0) << cost.name;
    }
    EXPECT_LE(cost.low, cost.ns) << cost.name;
    EXPECT_GE(cost.high, cost.ns) << cost.name;
  }
  EXPECT_EQ(to_json(costs).at("instruction").at("ns"), costs.front().ns);
}

TEST(Costs, WithOneCpuThereIsNothingBetweenTwo) {
  const auto one = read_topology("package:1 core:1 pu:1");
  ASSERT_TRUE(one);
  EXPECT_THAT(names(measure_costs(4096, one)), ElementsAre("instruction", "lock", "exchange", "page_fault",
                                                           "malloc_free", "copy_4k", "copy_16k"));
}

TEST(Distances, AreThoseThatTheMachineHas) {
  const auto of = [](const char* machine) { return names(distances_of(read_topology(machine))); };
  EXPECT_THAT(of("package:1 core:1 pu:1"), IsEmpty());
  EXPECT_THAT(of("package:1 l3:1 core:2 pu:1"), ElementsAre("near"));
  EXPECT_THAT(of("package:1 l3:1 core:2 pu:2"), ElementsAre("sibling", "near"));
  EXPECT_THAT(of("package:2 l3:2 core:2 pu:2"), ElementsAre("sibling", "near", "far", "other_socket"));
}

}  // namespace
}  // namespace baton
