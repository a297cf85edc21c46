#include "harness/load/rate_search.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace baton::load {
namespace {

// Runs the search against a server that holds a rate or does not.
std::vector<double> search(RateSearch& search, const std::function<bool(double)>& holds) {
  std::vector<double> tried;
  while (const auto next = search.next()) {
    tried.push_back(next->rate);
    search.note(holds(next->rate));
  }
  return tried;
}

TEST(RateSearch, FindsTheHighestRateToThePrecisionFromBelowAndFromAbove) {
  for (const double capacity : {37.0, 990.0, 1010.0, 123'456.0}) {
    RateSearch found({.first = 1000, .precision = 0.02});
    search(found, [&](double rate) { return rate <= capacity; });
    ASSERT_EQ(found.end(), RateSearch::End::confirmed);
    EXPECT_LE(*found.rate(), capacity);
    EXPECT_GE(*found.rate() * 1.021, capacity);
    EXPECT_LT(found.probes(), 25U);
  }
}

TEST(RateSearch, ARateThatHeldOnceByLuckIsNotTheAnswer) {
  constexpr double kCapacity = 1000;
  RateSearch found({.first = 800, .precision = 0.05});
  bool lucky = true;
  search(found, [&](double rate) {
    if (rate > 1500 && lucky) {  // the machine flatters one probe
      lucky = false;
      return true;
    }
    return rate <= kCapacity;
  });
  ASSERT_EQ(found.end(), RateSearch::End::confirmed);
  EXPECT_LE(*found.rate(), kCapacity);
  EXPECT_GE(*found.rate() * 1.06, kCapacity);
}

TEST(RateSearch, TheAnswerHasHeldAsOftenAsItHasToBeConfirmed) {
  RateSearch found({.first = 1000, .confirmations = 3});
  const auto tried = search(found, [](double rate) { return rate <= 700; });
  ASSERT_EQ(found.end(), RateSearch::End::confirmed);
  ASSERT_GE(tried.size(), 3U);
  for (std::size_t i = tried.size() - 3; i < tried.size(); ++i) {
    EXPECT_EQ(tried[i], *found.rate());
  }
}

TEST(RateSearch, SaysWhenNoRateHolds) {
  RateSearch found({.first = 1000, .least = 10});
  const auto tried = search(found, [](double) { return false; });
  EXPECT_EQ(found.end(), RateSearch::End::none);
  EXPECT_FALSE(found.rate().has_value());
  EXPECT_GE(tried.back(), 10);
}

TEST(RateSearch, SaysWhenEveryRateHolds) {
  RateSearch found({.first = 1000, .most = 100'000});
  const auto tried = search(found, [](double) { return true; });
  EXPECT_EQ(found.end(), RateSearch::End::unbounded);
  EXPECT_EQ(*found.rate(), tried.back());
  EXPECT_LE(tried.back(), 100'000);
}

TEST(RateSearch, EndsAfterItsProbesWhateverTheServerDoes) {
  RateSearch found({.first = 1000, .precision = 1e-9, .most_probes = 12});
  int call = 0;
  const auto tried = search(found, [&](double) { return ++call % 2 == 0; });
  EXPECT_EQ(found.end(), RateSearch::End::given_up);
  EXPECT_EQ(tried.size(), 12U);
}

TEST(RateSearch, GivenUpItKeepsTheBestGuess) {
  RateSearch found({.first = 1000});
  found.note(true);
  found.give_up();
  EXPECT_FALSE(found.next().has_value());
  EXPECT_EQ(found.end(), RateSearch::End::given_up);
  EXPECT_EQ(found.rate(), 1000);
}

}  // namespace
}  // namespace baton::load
