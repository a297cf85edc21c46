// The registry against what the strategies say of themselves. (Against the files: sources_test.py.)
#include "baton/adapters.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <vector>

#include "strategies/contract.hpp"

namespace baton::test {
namespace {

struct Listed {
  std::string_view registry_name;
  const Promises* promises;
};
#define BATON_LISTED(name, Class) Listed{#name, &Class<>::kPromises},
const std::vector<Listed> kListed{BATON_FOR_EACH_STRATEGY(BATON_LISTED) BATON_FOR_EACH_ADAPTER(BATON_LISTED)};
#undef BATON_LISTED

TEST(Registry, AStrategysNameIsTheOneItIsListedUnder) {
  std::set<std::string_view> names;
  for (const auto& [name, promises] : kListed) {
    EXPECT_EQ(promises->name, name);
    EXPECT_TRUE(names.insert(name).second) << name << " is listed twice";
  }
  EXPECT_FALSE(names.empty());
}

TEST(Registry, PromisesAreFilledIn) {
  for (const auto& [name, promises] : kListed) {
    EXPECT_FALSE(promises->summary.empty()) << name;
    EXPECT_FALSE(promises->source.empty()) << name;
    EXPECT_FALSE(promises->memory_bound.empty()) << name;
    EXPECT_NE(to_string(promises->progress), "?") << name;
    EXPECT_NE(to_string(promises->client_bytes), "?") << name;
    EXPECT_NE(to_string(promises->backend_bytes), "?") << name;
  }
}

}  // namespace
}  // namespace baton::test
