// A histogram on its way from one process of a trial to another, nothing lost.
#pragma once

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

inline Histogram histogram_from_json(const nlohmann::json& json) {
  Histogram histogram;
  for (const auto& bucket : json.at("buckets")) {
    histogram.restore(bucket.at(0).get<std::size_t>(), bucket.at(1).get<std::uint64_t>());
  }
  histogram.restore_exact(json.at("min"), json.at("max"), json.at("sum"));
  return histogram;
}

}  // namespace baton::trial
