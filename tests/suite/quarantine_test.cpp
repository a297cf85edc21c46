#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/suite/quarantine.hpp"

namespace baton::suite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Noise memory(double memory_ns) {
  Noise noise = noise_of(nlohmann::json::object());
  noise.memory_ns = memory_ns;
  return noise;
}

TEST(Quarantine, AMemoryCalibrationThatIsUnusuallySlowSetsATrialAside) {
  Quarantine quarantine({});
  for (const double usual : {40, 41, 39, 42, 40}) {
    EXPECT_THAT(quarantine.judge(memory(usual)), IsEmpty());
  }
  EXPECT_THAT(quarantine.judge(memory(60)), ElementsAre(HasSubstr("the memory calibration took 4")));
}

TEST(Quarantine, WhereMemoryIsNowFastNowSlowNeitherIsADisturbance) {
  Quarantine quarantine({});
  for (const double usual : {30, 100, 35, 95, 40, 98, 33, 110, 31}) {
    EXPECT_THAT(quarantine.judge(memory(usual)), IsEmpty()) << usual;
  }
}

TEST(Quarantine, ATrialThatLookedBeforeEveryTurnIsNotJudgedByItsCalibrationsAsAWhole) {
  nlohmann::json record = {{"noise",
                            {{"others_cpu_cores", 0.1},
                             {"steal_cores", 0.2},
                             {"before", {{"spin_ns", 1000}, {"memory_ns", 30}, {"round_trip_ns", 60}}},
                             {"after", {{"spin_ns", 1000}, {"memory_ns", 50}, {"round_trip_ns", 320}}}}},
                           {"slices", {{"series", {{"requests_per_s", {1}}, {"cpu_per_request_us", {1}}}}}}};
  EXPECT_EQ(noise_of(record).memory_ns, 50);
  EXPECT_EQ(noise_of(record).round_trip_after_ns, 320);
  record["slices"]["series"]["place"] = {0};
  EXPECT_EQ(noise_of(record).memory_ns, std::nullopt);
  EXPECT_EQ(noise_of(record).round_trip_after_ns, std::nullopt);
  EXPECT_EQ(noise_of(record).steal_cores, 0.2);
}

}  // namespace
}  // namespace baton::suite
