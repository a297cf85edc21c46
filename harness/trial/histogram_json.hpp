// A histogram on its way from one process of a trial to another, nothing lost.
#pragma once

#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "harness/measure/histogram.hpp"

namespace baton::trial {

inline nlohmann::json histogram_to_json(const Histogram& histogram) {
  nlohmann::json buckets = nlohmann::json::array();
  const auto counts = histogram.counts();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) {
      buckets.push_back({i, counts[i]});
    }
  }
  return {{"buckets", std::move(buckets)},
          {"min", histogram.min()},
          {"max", histogram.max()},
          {"sum", histogram.sum()}};
}

// Throws nlohmann::json::exception for what is missing or of another type, std::invalid_argument for a bucket
// that does not exist.
inline Histogram histogram_from_json(const nlohmann::json& json) {
  Histogram histogram;
  for (const auto& bucket : json.at("buckets")) {
    if (!bucket.at(0).is_number_unsigned() || !bucket.at(1).is_number_unsigned()) {
      throw std::invalid_argument("histogram: bucket " + bucket.dump() + "; valid is [index, count]");
    }
    const auto index = bucket.at(0).get<std::size_t>();
    if (index >= Histogram::kBuckets) {
      throw std::invalid_argument("histogram: bucket " + std::to_string(index) + "; valid are 0 to " +
                                  std::to_string(Histogram::kBuckets - 1));
    }
    histogram.restore(index, bucket.at(1).get<std::uint64_t>());
  }
  histogram.restore_exact(json.at("min"), json.at("max"), json.at("sum"));
  return histogram;
}

}  // namespace baton::trial
