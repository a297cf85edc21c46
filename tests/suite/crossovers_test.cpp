#include "harness/suite/crossovers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace baton::suite {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr double kTiny = 1e-12;

AxisPoint at(double x, double log, double half) {
  return {.x = x, .log = log, .low = log - half, .high = log + half};
}

TEST(Crossovers, ALineThroughZeroCrossesWhereItDoesAndItsIntervalIsWhatHoldsZero) {
  const std::vector<AxisPoint> points = {at(0, 0.10, 0.02), at(1, -0.10, 0.02)};
  const std::vector<Crossing> crossings = crossings_of(points);
  ASSERT_THAT(crossings, SizeIs(1));
  EXPECT_NEAR(crossings[0].at, 0.5, kTiny);
  EXPECT_FALSE(crossings[0].upwards);
  EXPECT_NEAR(crossings[0].low.value(), 0.4, kTiny);   // where the lower end, 0.08 - 0.2 x, is 0
  EXPECT_NEAR(crossings[0].high.value(), 0.6, kTiny);  // and the upper one, 0.12 - 0.2 x
  EXPECT_EQ(course_of(points, crossings), "crosses");
}

TEST(Crossovers, AnIntervalGoesOnOverAPointThatIsOpen) {
  const std::vector<AxisPoint> points = {at(0, -0.10, 0.02), at(0.5, 0.01, 0.03), at(1, 0.10, 0.02)};
  const std::vector<Crossing> crossings = crossings_of(points);
  ASSERT_THAT(crossings, SizeIs(1));
  EXPECT_TRUE(crossings[0].upwards);
  EXPECT_NEAR(crossings[0].at, 0.5 * 0.10 / 0.11, kTiny);
  EXPECT_NEAR(crossings[0].low.value(), 0.5 * 0.08 / 0.12, kTiny);         // -0.08 to 0.04
  EXPECT_NEAR(crossings[0].high.value(), 0.5 + 0.5 * 0.02 / 0.10, kTiny);  // -0.02 to 0.08
  EXPECT_EQ(course_of(points, crossings), "crosses");
}

TEST(Crossovers, AnEndBeyondThePointsIsNotKnown) {
  const std::vector<AxisPoint> points = {at(0, 0.10, 0.02), at(1, -0.01, 0.02)};
  const std::vector<Crossing> crossings = crossings_of(points);
  ASSERT_THAT(crossings, SizeIs(1));
  EXPECT_TRUE(crossings[0].low.has_value());
  EXPECT_FALSE(crossings[0].high.has_value());
  EXPECT_EQ(course_of(points, crossings), "not told");
  const std::vector<AxisPoint> open = {at(0, 0.01, 0.02), at(1, -0.01, 0.02)};
  EXPECT_FALSE(crossings_of(open)[0].low.has_value());
}

TEST(Crossovers, WhatStaysOnOneSideDoesNotCross) {
  const std::vector<AxisPoint> above = {at(0, 0.1, 0.02), at(0.5, 0.05, 0.02), at(1, 0.1, 0.05)};
  EXPECT_THAT(crossings_of(above), IsEmpty());
  EXPECT_EQ(course_of(above, {}), "above");
  const std::vector<AxisPoint> below = {at(0, -0.1, 0.02), at(1, -0.1, 0.05)};
  EXPECT_EQ(course_of(below, crossings_of(below)), "below");
  const std::vector<AxisPoint> open = {at(0, 0.1, 0.02), at(1, 0.01, 0.02)};
  EXPECT_EQ(course_of(open, crossings_of(open)), "not told");
}

}  // namespace
}  // namespace baton::suite
