#include "harness/suite/common_spreads.hpp"

#include <algorithm>
#include <iterator>

#include "harness/stats/ratio.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/questions.hpp"

namespace baton::suite {

CommonSpreads::CommonSpreads(const Evidence& evidence, const Regimes& regimes,
                             const std::vector<Baseline>& baselines) {
  std::vector<Question> questions = questions_of(evidence, baselines);
  std::ranges::copy(same_pairs_of(evidence), std::back_inserter(questions));
  std::map<Kind, std::vector<stats::Spread>> spreads;
  for (const Question& question : questions) {
    const CellEvidence& candidate = evidence.cells()[question.candidate];
    const CellEvidence& baseline = evidence.cells()[question.baseline];
    for (std::size_t metric = 0; metric < metrics().size(); ++metric) {
      for (std::size_t regime = 0; regime < regimes.all().size(); ++regime) {
        const auto spread =
            stats::spread_of(paired_log_ratios(candidate, baseline, metric, regimes, regime).units);
        if (spread) spreads[{metric, regime, candidate.variant}].push_back(*spread);
      }
    }
  }
  for (const auto& [kind, list] : spreads) {
    if (const auto common = stats::common_spread(list)) by_kind_.emplace(kind, *common);
  }
}

std::optional<stats::Spread> CommonSpreads::of(const CellEvidence& candidate, std::size_t metric,
                                               std::size_t regime) const {
  const auto found = by_kind_.find({metric, regime, candidate.variant});
  return found == by_kind_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace baton::suite
