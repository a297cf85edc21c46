#include "harness/suite/resolution_course.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "harness/stats/resolution.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/questions.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr std::size_t kSteps = 8;

struct Course {
  Question pair;
  std::size_t regime = 0;
  std::vector<stats::Slices> units;
  std::optional<stats::Spread> common;
  json numbers = json::array();
  json ratios = json::array();
};

}  // namespace

json resolution_course_json(const Evidence& evidence, const Regimes& regimes, const CommonSpreads& common,
                            const SummaryOptions& options) {
  const std::size_t metric = find_metric("throughput");
  std::vector<Course> courses;
  for (const Question& pair : same_pairs_of(evidence)) {
    const CellEvidence& candidate = evidence.cells()[pair.candidate];
    if (!options.asked(candidate, metric)) continue;
    for (std::size_t regime = 0; regime < regimes.all().size(); ++regime) {
      PairedRatios paired =
          paired_log_ratios(candidate, evidence.cells()[pair.baseline], metric, regimes, regime);
      if (paired.units.size() >= kSteps) {
        courses.push_back({.pair = pair,
                           .regime = regime,
                           .units = std::move(paired.units),
                           .common = common.of(candidate, metric, regime)});
      }
    }
  }
  for (std::size_t step = 2; step <= kSteps; ++step) {
    std::vector<std::vector<stats::Slices>> family;
    std::vector<std::optional<stats::Spread>> spreads;
    for (const Course& one : courses) {
      const auto end = one.units.begin() + static_cast<std::ptrdiff_t>(one.units.size() * step / kSteps);
      family.emplace_back(one.units.begin(), end);
      spreads.push_back(one.common);
    }
    const auto found =
        stats::resolutions_from(family, {.level = options.level, .seed = options.seed, .common = spreads});
    for (std::size_t i = 0; i < courses.size(); ++i) {
      if (!found[i]) continue;
      courses[i].numbers.push_back(family[i].size());
      courses[i].ratios.push_back(std::exp(found[i]->log));
    }
  }
  json list = json::array();
  for (Course& one : courses) {
    list.push_back({{"cell_id", evidence.cells()[one.pair.baseline].id},
                    {"regime", regimes.all()[one.regime].name},
                    {"units", std::move(one.numbers)},
                    {"ratio", std::move(one.ratios)}});
  }
  return list;
}

}  // namespace baton::suite
