// What must hold for statistics of any trials: neither the order in which they lie in a file nor their unit
// matters, and the two sides of a ratio can change places.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/cell.hpp"
#include "harness/stats/comparisons.hpp"
#include "harness/stats/effect.hpp"
#include "harness/stats/order.hpp"
#include "harness/stats/ratio.hpp"

namespace baton::stats {
namespace {

using Series = std::vector<double>;

// Trials as they are: positive, within two orders of magnitude, ties now and then.
rc::Gen<double> trial() {
  return rc::gen::map(rc::gen::inRange(100, 10'000), [](int n) { return n / 16.0; });
}
rc::Gen<Series> trials(std::size_t least) {
  return rc::gen::suchThat(rc::gen::container<Series>(trial()),
                           [least](const Series& series) { return series.size() >= least; });
}

Series shuffled(const Series& series) {
  Series other;
  std::vector<std::size_t> left(series.size());
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
  while (!left.empty()) {
    const auto at = static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, left.size()));
    other.push_back(series[left[static_cast<std::size_t>(at)]]);
    left.erase(left.begin() + at);
  }
  return other;
}

// By a power of two, which is exact.
Series scaled(Series series, double factor) {
  for (double& value : series) value *= factor;
  return series;
}

bool near(double left, double right) {
  return std::abs(left - right) <= 1e-9 * std::max({1.0, std::abs(left), std::abs(right)});
}
bool near(const Interval& left, const Interval& right) {
  return near(left.low, right.low) && near(left.high, right.high) && near(left.level, right.level);
}

RC_GTEST_PROP(Statistics, of_a_cell_do_not_know_the_order_of_its_trials, ()) {
  const Series series = *trials(1);
  const auto one = summarize_cell(series, {});
  const auto other = summarize_cell(shuffled(series), {});
  RC_ASSERT(one.has_value() && other.has_value());
  RC_ASSERT(one->trials == other->trials && one->least == other->least && one->greatest == other->greatest);
  RC_ASSERT(one->median == other->median);
  RC_ASSERT(one->median_interval.has_value() == other->median_interval.has_value());
  if (one->median_interval) RC_ASSERT(near(*one->median_interval, *other->median_interval));
  RC_ASSERT(one->mean.has_value() == other->mean.has_value());
  if (one->mean) RC_ASSERT(near(*one->mean, *other->mean));
}

RC_GTEST_PROP(Statistics, of_a_cell_are_in_the_unit_of_its_trials, ()) {
  const Series series = *trials(2);
  const double factor = std::ldexp(1.0, *rc::gen::inRange(-20, 20));
  const auto one = summarize_cell(series, {});
  const auto other = summarize_cell(scaled(series, factor), {});
  RC_ASSERT(one.has_value() && other.has_value());
  RC_ASSERT(near(one->median * factor, other->median) && near(one->least * factor, other->least));
  RC_ASSERT(near(one->median_interval->low * factor, other->median_interval->low));
  RC_ASSERT(near(one->median_interval->high * factor, other->median_interval->high));
}

RC_GTEST_PROP(Statistics, of_a_cell_lie_between_its_least_and_greatest_trial, ()) {
  const Series series = *trials(2);
  const auto summary = summarize_cell(series, {});
  RC_ASSERT(summary.has_value());
  RC_ASSERT(summary->least <= summary->median && summary->median <= summary->greatest);
  RC_ASSERT(summary->median_interval->contains(summary->median));
  RC_ASSERT(summary->least <= summary->median_interval->low);
  RC_ASSERT(summary->median_interval->high <= summary->greatest);
}

std::vector<Slices> pairs_of(const Series& baseline, const Series& candidate) {
  const std::size_t rounds = std::min(baseline.size(), candidate.size());
  return *log_ratios(std::span(baseline).first(rounds), std::span(candidate).first(rounds));
}

RC_GTEST_PROP(Statistics, of_a_ratio_do_not_know_the_unit, ()) {
  const Series baseline = *trials(2);
  const Series candidate = *trials(2);
  const double factor = std::ldexp(1.0, *rc::gen::inRange(-20, 20));
  const auto one = estimate_ratio(pairs_of(baseline, candidate), RatioOptions{});
  const auto other =
      estimate_ratio(pairs_of(scaled(baseline, factor), scaled(candidate, factor)), RatioOptions{});
  RC_ASSERT(one.has_value() && other.has_value());
  RC_ASSERT(near(one->log, other->log) && near(one->spread.variance, other->spread.variance));
  RC_ASSERT(near(one->log_interval, other->log_interval));
}

RC_GTEST_PROP(Statistics, of_a_ratio_and_of_its_inverse_are_opposite, ()) {
  const Series baseline = *trials(2);
  const Series candidate = *trials(2);
  const auto one = estimate_ratio(pairs_of(baseline, candidate), RatioOptions{});
  const auto other = estimate_ratio(pairs_of(candidate, baseline), RatioOptions{});
  RC_ASSERT(one.has_value() && other.has_value());
  RC_ASSERT(near(one->log, -other->log) && near(one->spread.variance, other->spread.variance));
  RC_ASSERT(one->log_interval.contains(one->log));
  RC_ASSERT(near(one->log_interval.low, -other->log_interval.high));
  RC_ASSERT(near(one->log_interval.high, -other->log_interval.low));
}

RC_GTEST_PROP(Statistics, of_a_ratio_estimate_the_same_in_any_order_of_rounds, ()) {
  const auto pairs = pairs_of(*trials(2), *trials(2));
  std::vector<Slices> reversed(pairs.rbegin(), pairs.rend());
  const auto one = estimate_ratio(pairs, RatioOptions{});
  const auto other = estimate_ratio(reversed, RatioOptions{});
  RC_ASSERT(one.has_value() && other.has_value());
  RC_ASSERT(near(one->log, other->log) && near(one->spread.variance, other->spread.variance));
  RC_ASSERT(one->method == other->method);
}

RC_GTEST_PROP(Statistics, of_two_cells_that_change_places_have_the_opposite_effect, ()) {
  const Series left = *trials(1);
  const Series right = *trials(1);
  const auto one = cliffs_delta(left, right);
  const auto other = cliffs_delta(shuffled(right), shuffled(left));
  RC_ASSERT(one.has_value() && other.has_value());
  RC_ASSERT(near(*one, -*other));
  RC_ASSERT(*one >= -1 && *one <= 1);
}

RC_GTEST_PROP(Statistics, corrected_for_many_questions_never_become_smaller, ()) {
  const auto p_values = *rc::gen::container<Series>(
      rc::gen::map(rc::gen::inRange(0, 10'001), [](int n) { return n / 10'000.0; }));
  const auto adjusted = holm(p_values);
  RC_ASSERT(adjusted.has_value() && adjusted->size() == p_values.size());
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    RC_ASSERT((*adjusted)[i] >= p_values[i] && (*adjusted)[i] <= 1);
    for (std::size_t k = 0; k < p_values.size(); ++k) {
      RC_ASSERT(p_values[i] > p_values[k] || (*adjusted)[i] <= (*adjusted)[k]);
    }
  }
}

}  // namespace
}  // namespace baton::stats
