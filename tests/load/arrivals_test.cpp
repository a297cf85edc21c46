#include "harness/load/arrivals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace baton::load {
namespace {

constexpr std::uint64_t kStart = 1'000'000'000'000'000;  // an uptime at which a double's steps are 1/8 ns

std::vector<double> gaps(ArrivalKind kind, double rate, std::uint64_t seed, int n) {
  Arrivals arrivals(kind, rate, kStart, seed);
  std::vector<double> result;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t before = arrivals.next();
    arrivals.advance();
    result.push_back(static_cast<double>(arrivals.next() - before));
  }
  return result;
}

TEST(Arrivals, ConstantOnesComeEveryInterval) {
  Arrivals arrivals(ArrivalKind::constant, 3, kStart, 1);
  for (int i = 0; i < 3'000'000; ++i) arrivals.advance();
  EXPECT_NEAR(static_cast<double>(arrivals.next() - kStart), 1e15,
              1e3);  // a million seconds later, to the microsecond
  for (const double gap : gaps(ArrivalKind::constant, 1000, 1, 100)) EXPECT_NEAR(gap, 1e6, 1);
}

TEST(Arrivals, PoissonOnesHaveExponentialGapsOfTheRatesMean) {
  const std::vector<double> all = gaps(ArrivalKind::poisson, 1000, 7, 200'000);
  double sum = 0;
  double longer = 0;
  for (const double gap : all) {
    sum += gap;
    longer += gap > 1e6 ? 1 : 0;
  }
  const auto n = static_cast<double>(all.size());
  EXPECT_NEAR(sum / n, 1e6, 1e4);                  // standard error: 1e6 / sqrt(n) = 2.2e3
  EXPECT_NEAR(longer / n, std::exp(-1.0), 0.006);  // standard error: 1.1e-3
}

TEST(Arrivals, PoissonOnesRepeatByTheirSeedAndDifferByAnother) {
  EXPECT_EQ(gaps(ArrivalKind::poisson, 1000, 7, 100), gaps(ArrivalKind::poisson, 1000, 7, 100));
  EXPECT_NE(gaps(ArrivalKind::poisson, 1000, 7, 100), gaps(ArrivalKind::poisson, 1000, 8, 100));
}

}  // namespace
}  // namespace baton::load
