// What others published, beside its simulation: how far the model can be trusted. Transcribed by hand, each
// series with its source; a machine's tenure is fitted on two threads of one series only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "simulate/machine.hpp"
#include "simulate/world.hpp"

namespace baton::simulate {

struct Measured {
  std::string at;  // threads, buckets, a scheme
  double value = 0;
};
struct Series {
  std::string name;
  std::string unit;
  std::string source;
  std::string assumed;     // what the source does not tell and we had to choose; may be empty
  std::string known_miss;  // what the model is known to get wrong here; empty: nothing
  std::vector<Measured> points;
  // The i-th point, simulated.
  std::function<double(std::size_t i)> simulate;
  double tolerance = 0;  // most that the median of fold errors may be; 0: not checked
};
std::vector<Series> published();

struct Validated {
  Series series;
  std::vector<double> simulated;
  double rank = 0;         // Spearman's coefficient of both
  double median_fold = 0;  // of max(simulated/measured, measured/simulated)
  double worst_fold = 0;
};
Validated validate(Series series);

// 1: the same order; ties share their ranks. NaN if all values of one are the same.
double spearman(const std::vector<double>& one, const std::vector<double>& other);

// The tenure with which two cores of the machine add to one word in that many ns an addition of each.
double fitted_tenure(const Machine& machine, double ns_at_two);

nlohmann::json to_json(const std::vector<Validated>& all);
std::string text_of(const std::vector<Validated>& all);

}  // namespace baton::simulate
