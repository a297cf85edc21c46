// Plans of any request: what is planned, how often, and whether it survives the plan's file.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/suite/plan.hpp"
#include "harness/trial/config_json.hpp"

namespace baton::suite {
namespace {

// Some of them, at least one, in their order.
template <class T>
std::vector<T> some_of(const std::vector<T>& all) {
  const unsigned chosen = *rc::gen::inRange(1U, 1U << all.size());
  std::vector<T> some;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((chosen >> i & 1U) != 0) some.push_back(all[i]);
  }
  return some;
}

// Cells that differ in strategy, workload or a setting, no two alike.
std::vector<trial::TrialConfig> some_cells() {
  const auto strategies = some_of<std::string>({"heap", "ideal", "two_cache", "locked_pool"});
  const auto workloads = some_of<std::string>({"one", "two", "three"});
  const auto ratios = some_of<double>({0.0, 0.25, 1.0});
  std::vector<trial::TrialConfig> cells;
  for (const std::string& strategy : strategies) {
    for (const std::string& workload : workloads) {
      for (const double ratio : ratios) {
        trial::TrialConfig& cell = cells.emplace_back();
        cell.strategy = strategy;
        cell.workload = workload;
        cell.pipeline.handoff.ratio = ratio;
      }
    }
  }
  return cells;
}

RunRequest some_request() {
  return {.suite = *rc::gen::element<std::string>("", "quick"),
          .cells = some_cells(),
          .trials = *rc::gen::inRange<std::uint32_t>(1, 6),
          .seed = *rc::gen::arbitrary<std::uint32_t>(),
          .out = ""};
}

RC_GTEST_PROP(Plans, verify_every_cell_once_and_then_hold_it_exactly_once_in_every_round, ()) {
  const RunRequest request = some_request();
  const Plan plan = make_plan(request);
  std::map<std::uint32_t, std::multiset<std::string>> rounds;
  bool timed = false;
  for (const trial::TrialSpec& spec : plan.trials) {
    rounds[spec.round].insert(spec.cell_id);
    RC_ASSERT((spec.role == trial::Role::verifying) == (spec.round == 0));
    timed |= spec.role == trial::Role::timed;
    RC_ASSERT(timed == (spec.role == trial::Role::timed));
  }
  const std::multiset<std::string>& all = rounds[0];
  RC_ASSERT(std::set<std::string>(all.begin(), all.end()).size() == all.size());
  RC_ASSERT(all.size() >= request.cells.size());
  for (std::uint32_t round = 1; round <= request.trials; ++round) RC_ASSERT(rounds[round] == all);
  RC_ASSERT(rounds.size() == request.trials + 1U);
}

RC_GTEST_PROP(Plans, name_every_trial_once_and_seed_a_round_alike, ()) {
  const Plan plan = make_plan(some_request());
  std::set<std::string> names;
  std::map<std::uint32_t, std::set<std::uint64_t>> seeds;
  for (const trial::TrialSpec& spec : plan.trials) {
    RC_ASSERT(names.insert(spec.trial_id).second);
    RC_ASSERT(spec.run_id == plan.run_id);
    seeds[spec.round].insert(spec.config.seed);
  }
  std::set<std::uint64_t> all;
  for (const auto& [round, of_round] : seeds) {
    RC_ASSERT(of_round.size() == 1U);
    RC_ASSERT(all.insert(*of_round.begin()).second);
  }
}

RC_GTEST_PROP(Plans, of_one_seed_have_one_order, ()) {
  const RunRequest request = some_request();
  const Plan one = make_plan(request);
  const Plan other = make_plan(request);
  RC_ASSERT(one.trials.size() == other.trials.size());
  for (std::size_t i = 0; i < one.trials.size(); ++i) {
    RC_ASSERT(one.trials[i].cell_id == other.trials[i].cell_id);
  }
}

RC_GTEST_PROP(Plans, survive_their_file, ()) {
  const nlohmann::json written = to_json(make_plan(some_request()));
  RC_ASSERT(to_json(plan_from_json(nlohmann::json::parse(written.dump()))) == written);
}

}  // namespace
}  // namespace baton::suite
