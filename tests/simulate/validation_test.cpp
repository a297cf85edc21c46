// What others published, beside its simulation, within what docs/simulation.md says of it.
#include "simulate/validation/published.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "simulate/study.hpp"

namespace baton::simulate {
namespace {

TEST(Spearman, TellsOrders) {
  EXPECT_DOUBLE_EQ(spearman({1, 2, 3, 4}, {10, 20, 30, 400}), 1);
  EXPECT_DOUBLE_EQ(spearman({1, 2, 3, 4}, {4, 3, 2, 1}), -1);
  EXPECT_NEAR(spearman({1, 2, 3, 4}, {2, 1, 3, 4}), 0.8, 1e-12);
  EXPECT_NEAR(spearman({1, 2, 2, 4}, {1, 2, 2, 4}), 1, 1e-12);
  EXPECT_TRUE(std::isnan(spearman({1, 1, 1}, {1, 2, 3})));
}

TEST(Published, IsOrderedAsItWasMeasuredAndOffByNoMoreThanIsSaid) {
  int of_four = 0;
  for (Series& series : published()) {
    const Validated one = validate(std::move(series));
    if (one.series.points.size() >= 4) {
      ++of_four;
      EXPECT_GE(one.rank, 0.9) << one.series.name;
    }
    if (one.series.tolerance != 0) {
      EXPECT_LE(one.median_fold, one.series.tolerance) << one.series.name;
    }
    EXPECT_TRUE((one.rank >= 0.9 && one.median_fold <= 2) || !one.series.known_miss.empty())
        << one.series.name << ": a miss that is not listed";
    EXPECT_FALSE(one.series.source.empty()) << one.series.name;
  }
  EXPECT_GE(of_four, 10);
}

TEST(Fit, MeetsTheTwoThreadsItWasMadeFor) {
  const Machine machine{.name = "m", .source = {}, .cores = 8, .line = {47, 47, 47, 47}, .exchange = 4.5};
  const double tenure = fitted_tenure(machine, 17);
  EXPECT_GT(tenure, 0.05);
  EXPECT_LT(tenure, 0.95);
  const std::vector<Unknowns> settings = unknown_settings(32, 1);
  EXPECT_EQ(settings.size(), 32U);
  for (const Unknowns& one : settings) {
    EXPECT_GE(one.tenure, 0.1);
    EXPECT_LE(one.tenure, 0.7);
    EXPECT_GE(one.distance, 0.75);
    EXPECT_LE(one.distance, 1.25);
  }
}

}  // namespace
}  // namespace baton::simulate
