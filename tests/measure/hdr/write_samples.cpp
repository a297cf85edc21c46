// Writes histograms in HdrHistogram's formats, and beside them what they hold: for check.sh, which reads them
// back with a library of HdrHistogram's own. Usage: hdr_samples DIRECTORY
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "harness/measure/hdr_format.hpp"

namespace {

using baton::Histogram;

Histogram of(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& values) {
  Histogram histogram;
  for (const auto& [value, times] : values) histogram.record(value, times);
  return histogram;
}

// Latencies as a server has them: most near 40 us, a tail that reaches milliseconds.
Histogram latencies() {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> spread(std::log(40'000.0), 0.8);
  Histogram histogram;
  for (int i = 0; i < 200'000; ++i) histogram.record(static_cast<std::uint64_t>(spread(random)));
  return histogram;
}

nlohmann::json contents(const Histogram& histogram) {
  nlohmann::json buckets = nlohmann::json::array();
  for (std::size_t i = 0; i < Histogram::kBuckets; ++i) {
    if (histogram.counts()[i] != 0) buckets.push_back({Histogram::highest(i), histogram.counts()[i]});
  }
  return {{"count", histogram.count()}, {"max", histogram.max()},          {"mean", histogram.mean()},
          {"buckets", buckets},         {"p50", histogram.percentile(50)}, {"p99", histogram.percentile(99)}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: hdr_samples DIRECTORY\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const std::vector<std::pair<std::string, Histogram>> samples = {
      {"empty", {}},
      {"one", of({{1, 1}})},
      {"zeros", of({{0, 1000}})},
      {"neighbours", of({{255, 1}, {256, 2}, {257, 3}, {258, 4}, {511, 5}, {512, 6}})},  // where precision
                                                                                         // begins to be lost
      {"far_apart", of({{3, 1}, {1'000'000, 998}, {3'600'000'000'000, 1}})},  // a long run of zeros; an hour
      {"many",
       of({{1'000, 70'000}, {2'000, 20'000'000}, {9'000, 3'000'000'000}})},  // counts of several bytes
      {"latencies", latencies()},
  };
  std::vector<baton::HdrLogEntry> entries;
  nlohmann::json expected;
  for (const auto& [name, histogram] : samples) {
    std::ofstream text(folder / (name + ".txt"));
    baton::write_percentile_distribution(text, histogram, 1000);
    expected[name] = contents(histogram);
    entries.push_back({.tag = name, .start_s = 0.25, .length_s = 1.5, .histogram = &histogram});
  }
  std::ofstream log(folder / "all.hlog");
  baton::write_hdr_log(log, 1'700'000'000.5, entries);
  std::ofstream(folder / "expected.json") << expected.dump(1) << '\n';
  log.close();
  return log ? 0 : 1;
}
