// Plans of any request: what is planned, how often, and whether it survives the plan's file.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

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
std::vector<AskedCell> some_cells() {
  const auto strategies = some_of<std::string>({"heap", "ideal", "two_cache", "locked_pool"});
  const auto workloads = some_of<std::string>({"one", "two", "three"});
  const auto ratios = some_of<double>({0.0, 0.25, 1.0});
  const std::uint32_t slice_ms = *rc::gen::element(0U, 40U);
  const std::uint32_t trials = *rc::gen::element(0U, 2U);
  std::vector<AskedCell> cells;
  for (const std::string& strategy : strategies) {
    for (const std::string& workload : workloads) {
      for (const double ratio : ratios) {
        AskedCell& asked = cells.emplace_back();
        asked.trials = trials;
        trial::TrialConfig& cell = asked.config;
        cell.strategy = strategy;
        cell.workload = workload;
        cell.pipeline.handoff.ratio = ratio;
        cell.slice_ms = slice_ms;
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
          .policy = {},
          .out = ""};
}

// Of all trials of a round, those that share a process too.
std::vector<trial::Member> members_of_all(const std::vector<trial::TrialSpec>& specs) {
  std::vector<trial::Member> all;
  for (const trial::TrialSpec& spec : specs) {
    for (const trial::Member& member : trial::members_of(spec)) all.push_back(member);
  }
  return all;
}

std::multiset<std::string> cell_ids_of(const std::vector<trial::TrialSpec>& specs) {
  std::multiset<std::string> ids;
  for (const trial::Member& member : members_of_all(specs)) ids.insert(member.cell_id);
  return ids;
}

RC_GTEST_PROP(Plans, verify_every_cell_once_and_then_hold_it_and_its_second_name_once_in_every_round, ()) {
  const RunRequest request = some_request();
  const Plan plan = make_plan(request);
  const std::multiset<std::string> verified = cell_ids_of(verification_of(plan));
  RC_ASSERT(verified.size() == request.cells.size());
  RC_ASSERT(std::set<std::string>(verified.begin(), verified.end()).size() == verified.size());
  std::multiset<std::string> all = verified;
  for (const PlannedCell& cell : plan.cells) {
    if (cell.again) all.insert(cell.id);
  }
  RC_ASSERT(all.size() > verified.size());  // there is always a baseline, and an A/A of it
  for (std::uint32_t round = 1; round <= request.trials; ++round) {
    const bool takes_part = request.cells.front().trials == 0 || round <= request.cells.front().trials;
    RC_ASSERT(cell_ids_of(round_of(plan, round)) == (takes_part ? all : std::multiset<std::string>()));
  }
}

RC_GTEST_PROP(Plans, name_every_trial_once_and_seed_a_round_alike, ()) {
  const Plan plan = make_plan(some_request());
  std::set<std::string> names;
  std::set<std::uint64_t> seeds;
  for (std::uint32_t round = 0; round <= plan.rounds; ++round) {
    const std::vector<trial::TrialSpec> specs = round == 0 ? verification_of(plan) : round_of(plan, round);
    for (const trial::Member& member : members_of_all(specs)) RC_ASSERT(names.insert(member.trial_id).second);
    if (specs.empty()) continue;  // all cells have had their rounds
    const std::uint64_t seed = specs.front().config.seed;
    RC_ASSERT(seeds.insert(seed).second);
    for (const trial::TrialSpec& spec : specs) {
      RC_ASSERT(spec.run_id == plan.run_id);
      RC_ASSERT(spec.round == round);
      RC_ASSERT(spec.config.seed == seed);
    }
  }
}

RC_GTEST_PROP(Plans, of_one_seed_have_one_order, ()) {
  const RunRequest request = some_request();
  const Plan one = make_plan(request);
  const Plan other = make_plan(request);
  for (std::uint32_t round = 1; round <= request.trials; ++round) {
    const auto these = members_of_all(round_of(one, round));
    const auto those = members_of_all(round_of(other, round));
    RC_ASSERT(these.size() == those.size());
    for (std::size_t i = 0; i < these.size(); ++i) RC_ASSERT(these[i].cell_id == those[i].cell_id);
  }
}

RC_GTEST_PROP(Plans, survive_their_file, ()) {
  const nlohmann::json written = to_json(make_plan(some_request()));
  RC_ASSERT(to_json(plan_from_json(nlohmann::json::parse(written.dump()))) == written);
}

}  // namespace
}  // namespace baton::suite
