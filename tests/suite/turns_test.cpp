#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/suite/metrics.hpp"
#include "harness/suite/turns.hpp"
#include "tests/suite/made_up_record.hpp"

namespace baton::suite {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TurnLimits kLimits{.spin = 0.25, .memory = 0.25};

Turn turn(std::uint64_t block, double value, TurnMachine machine) {
  return {.block = block,
          .values = std::vector<std::optional<double>>(metrics().size(), value),
          .machine = machine};
}

TurnMachine machine(std::uint32_t place, double memory_ns = 100,
                    std::optional<double> round_trip_ns = kNear) {
  return {.place = place, .spin_ns = 1000, .memory_ns = memory_ns, .round_trip_ns = round_trip_ns};
}

TEST(TurnPair, IsOfOneMachineIfWhatWasSeenBeforeBothIsAlike) {
  const Turn one = turn(0, 1, machine(0));
  EXPECT_TRUE(TurnPair(one, turn(0, 1, machine(2, 124))).same_machine(kLimits));
  EXPECT_FALSE(TurnPair(one, turn(0, 1, machine(2, 126))).same_machine(kLimits));
  EXPECT_FALSE(TurnPair(turn(0, 1, machine(2, 126)), one).same_machine(kLimits));
  EXPECT_TRUE(TurnPair(one, turn(0, 1, machine(2, 126))).same_machine({}));  // switched off
  TurnMachine slow = machine(2);
  slow.spin_ns = 1300;
  EXPECT_FALSE(TurnPair(one, turn(0, 1, slow)).same_machine(kLimits));
}

TEST(TurnPair, WhatTheOneLeftBehindIsNotAsked) {
  const Turn one = turn(0, 1, machine(1));
  const Turn right_after = turn(0, 1, machine(2, 500, kFar));
  const TurnPair pair(one, right_after);
  EXPECT_TRUE(pair.same_machine(kLimits));
  EXPECT_THAT(pair.round_trips(), ElementsAre(std::optional(kNear)));
  EXPECT_THAT(TurnPair(right_after, one).round_trips(), ElementsAre(std::optional(kNear)));
  EXPECT_THAT(TurnPair(one, turn(0, 1, machine(3, 500, kFar))).round_trips(), SizeIs(2));
}

TEST(TurnPair, RecordsOfBeforeTurnsWereLookedAtAskForNothing) {
  const Turn old{.block = 0, .values = {}};
  EXPECT_TRUE(TurnPair(old, old).same_machine(kLimits));
  EXPECT_THAT(TurnPair(old, old).round_trips(), IsEmpty());
}

TEST(Turns, AreReadFromARecord) {
  const nlohmann::json record = {{"slices",
                                  {{"series",
                                    {{"requests_per_s", {10.0, 20.0}},
                                     {"cpu_per_request_us", {1.5, nullptr}},
                                     {"place", {3, 0}},
                                     {"spin_ns", {1083, 1090}},
                                     {"memory_ns", {30.5, 40.0}},
                                     {"round_trip_ns", {61, nullptr}}}}}}};
  const std::vector<Turn> turns = turns_of(record);
  ASSERT_THAT(turns, SizeIs(2));
  EXPECT_EQ(turns[1].block, 1U);
  EXPECT_EQ(turns[1].values[find_metric("throughput")], 20);
  EXPECT_EQ(turns[0].values[find_metric("cpu")], 1.5);
  EXPECT_EQ(turns[1].values[find_metric("cpu")], std::nullopt);
  EXPECT_EQ(turns[0].machine->place, 3U);
  EXPECT_EQ(turns[0].machine->memory_ns, 30.5);
  EXPECT_EQ(turns[0].machine->round_trip_ns, 61);
  EXPECT_EQ(turns[1].machine->round_trip_ns, std::nullopt);
  EXPECT_THAT(turns_of({{"slices", nullptr}}), IsEmpty());
}

}  // namespace
}  // namespace baton::suite
