#include "harness/suite/shared_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/trial/bad_input.hpp"

namespace baton::suite {
namespace {

using nlohmann::json;

json record(int cpus, const char* commit) {
  return {{"trial_id", "a"},
          {"environment", {{"cpu", {{"usable", cpus}}}}},
          {"build", {{"commit", commit}}},
          {"allocator", {{"name", "glibc"}}},
          {"configuration", {{"pools", cpus}}}};
}

json plan_with(const json& configuration) {
  return {{"configurations", {{digest_of(configuration), configuration}}}};
}

TEST(SharedParts, ARecordIsWholeAgainAfterPacking) {
  SharedParts parts;
  parts.add_plan(plan_with({{"pools", 2}}));
  json packed = record(2, "abc");
  EXPECT_TRUE(parts.pack(packed));
  for (const char* member : {"environment", "build", "allocator", "configuration"}) {
    EXPECT_TRUE(packed.at(member).is_string()) << member;
  }
  EXPECT_EQ(packed.at("trial_id"), "a");
  parts.unpack(packed);
  EXPECT_EQ(packed, record(2, "abc"));
}

TEST(SharedParts, OnlyWhatIsNewHasToBeWritten) {
  SharedParts parts;
  json first = record(2, "abc");
  json same = record(2, "abc");
  json of_another_program = record(2, "def");
  EXPECT_TRUE(parts.pack(first));
  EXPECT_FALSE(parts.pack(same));
  EXPECT_EQ(first, same);
  EXPECT_TRUE(parts.pack(of_another_program));
  EXPECT_EQ(parts.environment().at("environments").size(), 1U);
  EXPECT_EQ(parts.environment().at("builds").size(), 2U);
}

TEST(SharedParts, ParametersThatAreNoPlannedCellsStayInTheRecord) {
  SharedParts parts;
  parts.add_plan(plan_with({{"pools", 2}}));
  json packed = record(1, "abc");
  parts.pack(packed);
  EXPECT_EQ(packed.at("configuration"), json({{"pools", 1}}));
  parts.unpack(packed);
  EXPECT_EQ(packed, record(1, "abc"));
}

TEST(SharedParts, ADigestThatNamesNothingIsRefused) {
  SharedParts parts;
  json packed = record(2, "abc");
  parts.pack(packed);
  EXPECT_THROW(SharedParts().unpack(packed), BadInput);
}

// As FNV-1a of 64 bits is published: of "a" it is af63dc4c8601ec8c.
TEST(SharedParts, TheDigestIsThatOfTheText) {
  EXPECT_EQ(digest_of(json("a")).size(), 16U);
  EXPECT_EQ(digest_of(json::parse("1")), "af63ac4c86019afc");
  EXPECT_EQ(digest_of({{"b", 1}, {"a", 2}}), digest_of({{"a", 2}, {"b", 1}}));
}

}  // namespace
}  // namespace baton::suite
