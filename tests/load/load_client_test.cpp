#include "harness/load/load_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <system_error>

#include "tests/load/load_client_fixture.hpp"

namespace baton::load {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Pair;

TEST_F(LoadClientTest, AClosedLoopGetsEveryAnswerAndComparesIt) {
  const LoadResult result = run(limited(1000));
  expect_all_right(result, 1000);
  EXPECT_EQ(result.completed, 1000U);
  EXPECT_EQ(result.body_bytes, 1000U * 1024);
  EXPECT_EQ(result.service.count(), 1000U);
  EXPECT_EQ(result.intended, result.service);
  EXPECT_EQ(result.connections_opened, 4U);
  EXPECT_EQ(origin_.counts().requests, 1000U);
  EXPECT_FALSE(result.saturated());
}

TEST_F(LoadClientTest, SeveralThreadsShareConnectionsAndRequests) {
  LoadOptions options = limited(1001);
  options.threads = 3;
  options.connections = 7;
  const LoadResult result = run(options);
  expect_all_right(result, 1001);
  EXPECT_EQ(result.connections_opened, 7U);
}

TEST_F(LoadClientTest, KeepsSeveralRequestsInFlightOnAConnection) {
  LoadOptions options = limited(1000);
  options.connections = 1;
  options.pipelining = 16;
  options.targets = {target(10), target(20000), target(3000, "chunked=1&chunk=100")};
  expect_all_right(run(options), 1000);
}

TEST_F(LoadClientTest, ChecksEveryFramingAndMethod) {
  for (const char* query : {"chunked=1&chunk=7", "close=1", "last=1", "interim=1", "piece=100",
                            "two_writes=1", "head_pad=9000"}) {
    LoadOptions options = limited(50);
    options.targets = {target(5000, query)};
    expect_all_right(run(options), 50);
  }
  for (const LoadMethod method : {LoadMethod::head, LoadMethod::post}) {
    LoadOptions options = limited(50);
    options.method = method;
    options.pipelining = 3;
    expect_all_right(run(options), 50);
  }
}

TEST_F(LoadClientTest, PostsBodiesThatFillTheSocketAndGetsThemBack) {
  LoadOptions options = limited(8);
  options.method = LoadMethod::post;
  options.targets = {target(5'000'000)};
  expect_all_right(run(options), 8);
}

TEST_F(LoadClientTest, SpeaksHttp10WithAndWithoutKeepAlive) {
  LoadOptions options = limited(40);
  options.http10 = true;
  expect_all_right(run(options), 40);
  EXPECT_EQ(origin_.counts().connections, 4U + 1);  // one asked whether anybody is there
  options.keep_alive = false;
  const LoadResult result = run(options);
  expect_all_right(result, 40);
  EXPECT_GE(result.connections_opened, 40U);
}

TEST_F(LoadClientTest, CatchesAFlippedByte) {
  LoadOptions options = limited(20);
  options.targets = {target(9000, "flip_at=8999")};
  const LoadResult result = run(options);
  EXPECT_EQ(result.total.wrong, 20U);
  EXPECT_EQ(result.total.answered, 0U);
  EXPECT_TRUE(result.total.adds_up());
  EXPECT_THAT(result.by_reason, ElementsAre(Pair("wrong_byte", 20)));
  EXPECT_EQ(result.completed, 0U);
  EXPECT_EQ(result.service.count(), 0U);
}

TEST_F(LoadClientTest, CatchesAnAnswerThatEndsTooSoonHoweverItIsFramed) {
  for (const char* query : {"lie=10", "lie=10&chunked=1", "reset_at=300"}) {
    LoadOptions options = limited(12);
    options.targets = {target(1000, query)};
    const LoadResult result = run(options);
    EXPECT_EQ(result.total.failed, 12U) << query;
    EXPECT_TRUE(result.total.adds_up()) << query;
    EXPECT_THAT(result.by_reason, ElementsAre(Pair(query[0] == 'r' ? "reset" : "closed_in_body", 12)))
        << query;
  }
}

TEST_F(LoadClientTest, CountsOtherStatusesByNumberAndGoesOn) {
  LoadOptions options = limited(30);
  options.targets = {target(100, "status=503")};
  const LoadResult result = run(options);
  EXPECT_EQ(result.total.failed, 30U);
  EXPECT_THAT(result.by_reason, ElementsAre(Pair("status_503", 30)));
  EXPECT_EQ(result.connections_opened, 4U);
}

TEST_F(LoadClientTest, AStalledAnswerEndsInATimeout) {
  LoadOptions options = limited(4);
  options.timeout = milliseconds(50);
  options.targets = {target(1000, "stall_at=10")};
  const LoadResult result = run(options);
  EXPECT_EQ(result.total.failed, 4U);
  EXPECT_THAT(result.by_reason, ElementsAre(Pair("timeout", 4)));
}

TEST_F(LoadClientTest, WhatIsUnderWayAtTheEndOfTheDrainIsUnanswered) {
  LoadOptions options = limited(4);
  options.drain = milliseconds(20);
  options.targets = {target(1000, "stall_at=10")};
  const LoadResult result = run(options);
  EXPECT_EQ(result.total.failed, 4U);
  EXPECT_THAT(result.by_reason, ElementsAre(Pair("unanswered_at_end", 4)));
}

TEST_F(LoadClientTest, HangsUpInTheMiddleOfTheBodyAndComesBack) {
  for (const bool reset : {false, true}) {
    LoadOptions options = limited(40);
    options.targets = {target(1'000'000)};
    options.hang_up = {.fraction = 1, .after_bytes = 5000, .reset = reset};
    const LoadResult result = run(options);
    EXPECT_EQ(result.total.hung_up, 40U);
    EXPECT_TRUE(result.total.adds_up());
    EXPECT_THAT(result.by_reason, IsEmpty());
    EXPECT_GE(result.connections_opened, 40U);
  }
}

TEST_F(LoadClientTest, OnlyAFractionHangsUpAndTheRestIsRight) {
  LoadOptions options = limited(400);
  options.targets = {target(100'000)};
  options.hang_up = {.fraction = 0.25, .after_bytes = 0, .reset = false};
  const LoadResult result = run(options);
  EXPECT_GT(result.total.hung_up, 50U);
  EXPECT_LT(result.total.hung_up, 150U);
  EXPECT_EQ(result.total.answered, 400 - result.total.hung_up);
}

TEST_F(LoadClientTest, HangingUpGivesUpWhatIsPipelinedBehind) {
  LoadOptions options = limited(400);
  options.connections = 2;
  options.pipelining = 8;
  options.hang_up = {.fraction = 0.2, .after_bytes = 10, .reset = false};
  const LoadResult result = run(options);
  EXPECT_EQ(result.total.issued, 400U);
  EXPECT_GT(result.total.hung_up, 80U);
  EXPECT_EQ(result.total.failed + result.total.wrong, 0U);
  EXPECT_TRUE(result.total.adds_up());
}

TEST_F(LoadClientTest, IdleConnectionsMakeOneRequestAndStay) {
  LoadOptions options = limited(100);
  options.idle_connections = 500;
  const LoadResult result = run(options);
  expect_all_right(result, 100);
  EXPECT_EQ(result.idle_open_at_end, 500U);
  EXPECT_EQ(origin_.counts().requests, 600U);
}

TEST_F(LoadClientTest, AThinkTimeKeepsConnectionsQuietBetweenRequests) {
  LoadOptions options = limited(40);
  options.think_us = {5000};
  const LoadResult result = run(options);
  expect_all_right(result, 40);
  EXPECT_GE(result.measured_s, 0.045);  // ten requests in turn on each connection, nine pauses between them
}

TEST_F(LoadClientTest, MeasuredIsOnlyWhatWasDueInTheMeasuredTime) {
  LoadOptions options = limited(0);
  options.ramp = milliseconds(50);
  options.measure = milliseconds(100);
  int begins = 0;
  int ends = 0;
  LoadClient client(options);
  const LoadResult result =
      client.run({.measure_begins = [&] { ++begins; }, .measure_ends = [&] { ++ends; }});
  EXPECT_EQ(begins, 1);
  EXPECT_EQ(ends, 1);
  EXPECT_TRUE(result.total.adds_up());
  EXPECT_TRUE(result.measured.adds_up());
  EXPECT_LT(result.measured.issued, result.total.issued);
  EXPECT_EQ(result.service.count(), result.measured.answered);
  EXPECT_GE(result.measured_s, 0.1);
  EXPECT_GT(result.client_cpu_fraction, 0);
}

TEST_F(LoadClientTest, AnInterruptEndsTheRun) {
  LoadOptions options = limited(0);
  LoadClient client(options);
  const LoadResult result = client.run({.measure_begins = [&] { client.interrupt(); }, .measure_ends = {}});
  EXPECT_TRUE(result.total.adds_up());
  EXPECT_LT(result.measured_s, 30);
}

TEST_F(LoadClientTest, AServerThatGoesAwayIsCountedAndNotFatal) {
  LoadOptions options = limited(0);
  options.measure = milliseconds(200);
  LoadClient client(options);
  const LoadResult result = client.run({.measure_begins = [&] { origin_.stop(); }, .measure_ends = {}});
  EXPECT_TRUE(result.total.adds_up());
  EXPECT_THAT(result.connection_errors, Contains(Key(HasSubstr("refused"))));
}

TEST_F(LoadClientTest, NobodyThereIsAnErrorThatNamesTheAddress) {
  origin_.stop();
  LoadOptions options;
  options.address = origin_.address();
  LoadClient client(options);
  try {
    client.connect();
    FAIL() << "connected to nobody";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr(origin_.address().to_string()));
  }
}

TEST_F(LoadClientTest, AForeignPathsFramingIsCheckedAndItsBytesAreNot) {
  LoadOptions options = limited(20);
  options.targets[0].path = "/bytes/777?flip_at=3";
  const LoadResult result = run(options);
  expect_all_right(result, 20);
  EXPECT_EQ(result.body_bytes, 20U * 777);
}

TEST(LoadResult, JsonHoldsWhatWasCounted) {
  LoadResult result;
  result.total = {.issued = 5, .answered = 2, .wrong = 1, .failed = 1, .hung_up = 1};
  result.by_reason["wrong_byte"] = 1;
  result.measured_s = 2;
  result.completed = 10;
  result.intended.record(1000);
  const nlohmann::json json = to_json(result);
  EXPECT_EQ(json.at("requests_whole_run").at("hung_up"), 1);
  EXPECT_EQ(json.at("by_reason").at("wrong_byte"), 1);
  EXPECT_EQ(json.at("throughput").at("requests_per_s"), 5.0);
  EXPECT_EQ(json.at("latency_ns").at("intended").at("count"), 1);
  EXPECT_TRUE(json.at("saturated").is_null());
}

}  // namespace
}  // namespace baton::load
