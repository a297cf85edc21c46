#include "harness/load/origin_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace baton::load {
namespace {

using testing::HasSubstr;

TEST(OriginTarget, ReadsPathAndEveryKey) {
  AnswerPlan plan;
  const TargetError error =
      parse_target("/bytes/70000?seed=3&chunked=1&chunk=100&piece=10&pause=5&head_pad=9", plan);
  EXPECT_EQ(error.status, 0) << error.message;
  EXPECT_EQ(plan.body, (BodyId{70000, 3}));
  EXPECT_EQ(plan.chunked, 1U);
  EXPECT_EQ(plan.chunk_bytes, 100U);
  EXPECT_EQ(plan.piece, 10U);
  EXPECT_EQ(plan.pause_ms, 5U);
  EXPECT_EQ(plan.head_pad, 9U);
}

TEST(OriginTarget, EveryKeyOfTheTableIsReadAtBothEndsOfItsRangeAndRefusedOutsideIt) {
  for (const OriginKey& key : origin_keys()) {
    AnswerPlan plan;
    const std::string target = "/bytes/1?" + std::string(key.name) + "=";
    EXPECT_EQ(parse_target(target + std::to_string(key.least), plan).status, 0) << target;
    EXPECT_EQ(parse_target(target + std::to_string(key.most), plan).status, 0) << target;
    EXPECT_EQ(parse_target(target + std::to_string(key.most) + "0", plan).status, 400) << target;
  }
}

TEST(OriginTarget, AnAbsoluteFormMeansItsPathAndQuery) {
  AnswerPlan plan;
  EXPECT_EQ(parse_target("http://127.0.0.1:80/bytes/12?seed=4", plan).status, 0);
  EXPECT_EQ(plan.body, (BodyId{12, 4}));
}

TEST(OriginTarget, NothingOfAnEarlierPlanStays) {
  AnswerPlan plan;
  parse_target("/bytes/12?seed=4&reset_at=3", plan);
  parse_target("/echo", plan);
  EXPECT_EQ(plan.body, BodyId{});
  EXPECT_FALSE(plan.reset_at);
}

TEST(OriginTarget, AnUnknownKeyIsRefusedWithTheValidOnes) {
  AnswerPlan plan;
  const TargetError error = parse_target("/bytes/1?seed=1&sed=2", plan);
  EXPECT_EQ(error.status, 400);
  EXPECT_THAT(error.message, HasSubstr("'sed'"));
  for (const OriginKey& key : origin_keys()) EXPECT_THAT(error.message, HasSubstr(std::string(key.name)));
}

TEST(OriginTarget, AnUnknownPathIsRefusedWithTheValidOnes) {
  AnswerPlan plan;
  const TargetError error = parse_target("/byte/1", plan);
  EXPECT_EQ(error.status, 404);
  EXPECT_THAT(error.message, HasSubstr("/byte/1"));
  EXPECT_THAT(error.message, HasSubstr("/bytes/N"));
}

class BadTargets : public testing::TestWithParam<const char*> {};
TEST_P(BadTargets, AreBadRequests) {
  AnswerPlan plan;
  EXPECT_EQ(parse_target(GetParam(), plan).status, 400);
}
INSTANTIATE_TEST_SUITE_P(All, BadTargets,
                         testing::Values("/bytes/", "/bytes/-1", "/bytes/1x", "/bytes/99999999999999999999",
                                         "/bytes/1?seed", "/bytes/1?seed=", "/bytes/1?seed=x",
                                         "/bytes/1?seed=-1", "/bytes/1?status=199", "/bytes/1?status=600",
                                         "/bytes/1?chunk=0", "/bytes/1?piece=0", "/bytes/1?chunked=2",
                                         "/bytes/1?&seed=1", "/check/a"));

}  // namespace
}  // namespace baton::load
