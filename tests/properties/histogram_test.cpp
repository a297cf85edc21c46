// Histograms against the values themselves.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <vector>

#include "harness/measure/hdr_format.hpp"
#include "harness/measure/histogram.hpp"
#include "harness/trial/histogram_json.hpp"
#include "tests/properties/read_hdr.hpp"

namespace baton {
namespace {

using Values = std::vector<std::uint64_t>;

// Of all magnitudes alike, up to 2^62 so that a signed number can tell them.
rc::Gen<Values> values() {
  return rc::gen::container<Values>(rc::gen::apply(
      [](std::uint64_t bits, unsigned shift) { return bits >> 2U >> shift; },
      rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>()), rc::gen::inRange(0U, 62U)));
}

Histogram histogram_of(const Values& values) {
  Histogram histogram;
  for (const std::uint64_t value : values) histogram.record(value);
  return histogram;
}

RC_GTEST_PROP(Histograms, merged_are_the_histogram_of_all_values, ()) {
  const Values left = *values();
  const Values right = *values();
  Values all = left;
  all.insert(all.end(), right.begin(), right.end());
  Histogram merged = histogram_of(left);
  merged.merge(histogram_of(right));
  Histogram other_way = histogram_of(right);
  other_way.merge(histogram_of(left));
  RC_ASSERT(merged == histogram_of(all));
  RC_ASSERT(other_way == merged);
}

RC_GTEST_PROP(Histograms, do_not_know_the_order_of_values, ()) {
  Values some = *values();
  const Histogram forwards = histogram_of(some);
  std::reverse(some.begin(), some.end());
  RC_ASSERT(histogram_of(some) == forwards);
}

RC_GTEST_PROP(Histograms, tell_every_percentile_within_one_per_cent_of_the_exact_value, ()) {
  Values sorted = *rc::gen::nonEmpty(values());
  const double percent = *rc::gen::map(rc::gen::inRange(0, 100'001), [](int n) { return n / 1000.0; });
  const Histogram histogram = histogram_of(sorted);
  std::sort(sorted.begin(), sorted.end());
  const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(sorted.size())));
  const std::uint64_t exact = sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
  const std::uint64_t told = histogram.percentile(percent);
  RC_ASSERT(told >= exact);
  RC_ASSERT(told - exact <= exact / 100);
  RC_ASSERT(told <= sorted.back());
  RC_ASSERT(histogram.min() == sorted.front());
  RC_ASSERT(histogram.max() == sorted.back());
}

RC_GTEST_PROP(Histograms, rise_with_the_percentile, ()) {
  const Histogram histogram = histogram_of(*values());
  std::uint64_t before = 0;
  for (double percent = 0; percent <= 100; percent += 0.5) {
    const std::uint64_t told = histogram.percentile(percent);
    RC_ASSERT(told >= before);
    before = told;
  }
}

RC_GTEST_PROP(Histograms, survive_json, ()) {
  const Histogram histogram = histogram_of(*values());
  const auto text = trial::histogram_to_json(histogram).dump();
  RC_ASSERT(trial::histogram_from_json(nlohmann::json::parse(text)) == histogram);
}

RC_GTEST_PROP(Histograms, survive_the_encoding_of_hdr_histogram, ()) {
  const Histogram histogram = histogram_of(*values());
  const std::vector<std::uint64_t> counts = test::read_hdr(encode_hdr(histogram));
  for (std::size_t i = 0; i < Histogram::kBuckets; ++i) {
    RC_ASSERT(histogram.counts()[i] == (i < counts.size() ? counts[i] : 0));
  }
}

RC_GTEST_PROP(Histograms, as_text_rise_to_the_number_of_values, ()) {
  const Values some = *rc::gen::nonEmpty(values());
  std::ostringstream out;
  write_percentile_distribution(out, histogram_of(some), 1.0);
  std::istringstream lines(out.str());
  double value_before = -1;
  std::uint64_t count_before = 0;
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line);) {
    double value = 0;
    double percentile = 0;
    std::uint64_t count = 0;
    std::istringstream row(line);
    if (!(row >> value >> percentile >> count)) continue;  // a title or a comment
    RC_ASSERT(value >= value_before);
    RC_ASSERT(count >= count_before);
    RC_ASSERT(percentile >= 0 && percentile <= 1);
    value_before = value;
    count_before = count;
    ++rows;
  }
  RC_ASSERT(rows > 0U);
  RC_ASSERT(count_before == some.size());
}

}  // namespace
}  // namespace baton
