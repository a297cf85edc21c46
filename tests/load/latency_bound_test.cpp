#include "harness/load/latency_bound.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace baton::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(LatencyBound, ReadsPercentilesAndUnits) {
  EXPECT_EQ(parse_latency_bound("p99<5ms").ns, 5'000'000U);
  EXPECT_EQ(parse_latency_bound("p99<5ms").percentile, 99);
  EXPECT_EQ(parse_latency_bound("p99.9<800us").ns, 800'000U);
  EXPECT_EQ(parse_latency_bound("p99.9<800us").percentile, 99.9);
  EXPECT_EQ(parse_latency_bound("max<1.5s").ns, 1'500'000'000U);
  EXPECT_EQ(parse_latency_bound("max<1.5s").percentile, 100);
  EXPECT_EQ(parse_latency_bound("p50<250ns").ns, 250U);
}

TEST(LatencyBound, WritesWhatItReads) {
  for (const char* text : {"p99<5ms", "p99.9<800us", "max<1500ms", "p50<3s"}) {
    EXPECT_EQ(parse_latency_bound(text).text(), text);
  }
}

TEST(LatencyBound, RefusesAnythingElseAndSaysWhatIsValid) {
  for (const char* text :
       {"", "p99", "p99<", "p99<5", "p99<5 ms", "p99<5minutes", "p0<5ms", "p101<5ms", "99<5ms", "p99>5ms",
        "p99<0ms", "p99<-5ms", "p99<5msx", "p99<1e400ms", "pnan<5ms", "mean<5ms"}) {
    try {
      parse_latency_bound(text);
      ADD_FAILURE() << "accepted " << text;
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("'" + std::string(text) + "'"), HasSubstr("p99<5ms")));
    }
  }
}

}  // namespace
}  // namespace baton::load
