// Faults that the clients ask the origin for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/load/request_source.hpp"
#include "tests/load/load_client_fixture.hpp"

namespace baton::load {
namespace {

TEST_F(LoadClientTest, RequestsThatMeetAFaultAreCountedForThemselvesAndTheOthersAreRight) {
  for (const FaultPlan& plan :
       {FaultPlan{.stall = 0.5, .at_bytes = 500, .stall_time = std::chrono::milliseconds(1)},
        FaultPlan{.truncate = 0.5, .at_bytes = 500}, FaultPlan{.reset = 0.5, .at_bytes = 500},
        FaultPlan{.lie = 0.5, .at_bytes = 500}}) {
    LoadOptions options = limited(100);
    options.targets = {target(2000), target(40'000)};
    options.faults = plan;
    const LoadResult result = run(options);
    EXPECT_TRUE(result.total.adds_up());
    EXPECT_EQ(result.total.wrong + result.total.failed + result.total.hung_up, 0U);
    EXPECT_THAT(result.by_reason, testing::IsEmpty());
    EXPECT_GT(result.total.hit, 15U);  // of 100 with a chance of a half: fewer has one of 10^-12
    EXPECT_GT(result.total.answered, 15U);
    EXPECT_EQ(result.service.count(), result.total.answered);
    EXPECT_GT(result.recovery.count(), 0U);
  }
}

TEST_F(LoadClientTest, ClientsThatLeaveAnywhereLeaveAndTheOthersAreRight) {
  LoadOptions options = limited(200);
  options.targets = {target(100'000)};
  options.hang_up = {.fraction = 0.5, .after_bytes = 0, .reset = false, .anywhere = true};
  const LoadResult result = run(options);
  EXPECT_TRUE(result.total.adds_up());
  EXPECT_EQ(result.total.wrong + result.total.failed, 0U);
  EXPECT_GT(result.total.hung_up, 50U);  // of 200 with a chance of a half: fewer has one of 10^-12
  EXPECT_GT(result.total.answered, 50U);
}

TEST(RequestSourceFaults, AreInTheRequestSoThatTheOriginKnows) {
  LoadOptions options;
  options.targets = {target(1000)};
  options.faults = {.truncate = 1, .at_bytes = 300};
  RequestSource source(options, 1);
  Exchange exchange;
  source.make(exchange, 0, 0);
  EXPECT_TRUE(exchange.meets_fault);
  EXPECT_THAT(exchange.head, testing::StartsWith("GET /bytes/300?lie=700&seed="));
}

}  // namespace
}  // namespace baton::load
