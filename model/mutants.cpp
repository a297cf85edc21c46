#include "model/mutants.hpp"

#include <algorithm>
#include <array>

#include "model/link_in_storage.hpp"
#include "model/subject_of.hpp"
#include "strategies/lockfree_stack.hpp"
#include "strategies/watermark.hpp"

namespace baton::model {
namespace {

// Calls in which a strategy (or, for a shared lock, its runner) takes a mutex.
std::vector<Call> locked_calls(std::string_view strategy) {
  if (strategy == "locked_pool") {
    return {Call::acquire, Call::release, Call::housekeep};
  }
  if (strategy == "request_workspace") {
    return {Call::acquire, Call::release, Call::guard};
  }
  if (strategy == "two_cache") {
    return {Call::housekeep, Call::exit};
  }
  if (strategy == "two_cache_shared_lock") {
    return {Call::housekeep};
  }
  if (strategy == "magazine") {
    return {Call::acquire, Call::release, Call::housekeep, Call::exit};
  }
  if (strategy == "per_cpu") {
    return {Call::acquire, Call::release, Call::housekeep};
  }
  if (strategy == "striped") {
    return {Call::acquire, Call::release, Call::housekeep};
  }
  if (strategy == "stealing") {
    return {Call::acquire, Call::housekeep, Call::guard};
  }
  return {};
}
bool keeps_with_workers(std::string_view strategy) {
  constexpr std::array<std::string_view, 11> kKeep = {
      "workspace_wait", "workspace_copy", "two_cache",        "two_cache_shared_lock",
      "magazine",       "sharded_cache",  "return_to_owner",  "ring_cache",
      "striped",        "watermark",      "refcounted_slices"};
  return std::ranges::find(kKeep, strategy) != kKeep.end();
}

template <class S>
const Strategies kPlantedVariant{
    &S::kPromises, [](const Parameters& parameters, unsigned threads) {
      return std::unique_ptr<Subject>(std::make_unique<SubjectOf<S>>(parameters, threads));
    }};

Mutant& add(std::vector<Mutant>& mutants, std::string name, std::vector<std::string> scenarios) {
  Mutant& added = mutants.emplace_back();
  added.name = std::move(name);
  added.scenarios = std::move(scenarios);
  return added;
}
// Where to look first for what an order is good for.
std::vector<std::string> scenarios_for(const OrderSite& site) {
  if (site.file == "refcounted_slices.hpp") {
    return {"bghb|tR", "bgh|tgR|tR", "bgh|tRhbg"};
  }
  if (site.file == "sharded_list.hpp") {
    return {"ar|abr parked=2", "bxh|aGs limit=1 supply=1 list=1"};
  }
  if (site.file == "bounded_ring.hpp") {
    return {"a|ax parked=1 list=1", "bxab|xxbh parked=2 supply=0", "ax|bgx|tRx parked=1",
            "ah|ba|bg parked=2 limit=3 supply=1"};
  }
  if (site.file == "node_table.hpp") {
    return {"ab|ab"};
  }
  if (site.function == "take_all") {
    return {"sh|ar parked=2"};
  }
  return {"bghb|tR", "ar|abr parked=2"};
}
void add_weakening(std::vector<Mutant>& mutants, const OrderSite& site, std::memory_order to) {
  Mutant& added = add(mutants, to_string(site) + " -> " + std::string(to_string(to)), scenarios_for(site));
  added.fault.weakened = Weakening{site, to};
  if (site.function == "pop" && site.access == Access::cas && to == std::memory_order_relaxed) {
    added.why_not_found =
        "the load before it has acquired already; g++ 12 takes no exchange that asks for less when it "
        "succeeds than when it fails";
  }
  if (site.file == "refcounted_slices.hpp" && site.function == "let_go" && to == std::memory_order_release) {
    added.why_not_found =
        "owner and giver let go in the same moment and the owner gives the buffer again, whose link the "
        "giver has read: no scenario of the search comes to that within its bounds";
  }
  if (site.file == "sharded_list.hpp" && site.function == "pop" && site.access == Access::store) {
    added.why_not_found =
        "Relacy counts it into the release sequence that the exchange before it, of the same thread, goes on "
        "with, as C++11 did; in C++20 a store by another thread than the one that pushed ends it";
  }
  if (site.function == "claim" && site.access == Access::cas && to == std::memory_order_release) {
    added.why_not_found =
        "what it claims by was acquired already, by the load or the exchange that failed before";
  }
}

}  // namespace

std::vector<Mutant> mutants_of(const Strategies& strategy) {
  const std::string_view name = strategy.promises->name;
  std::vector<Mutant> mutants;
  add(mutants, "released twice on hang-up", {"bg|t"}).fault.torn_hang_up = true;
  add(mutants, "a count left out in take", {"bg|t"}).fault.uncounted = Call::take;
  if (name != "heap") {  // which never keeps a buffer to check
    add(mutants, "size check left out", {"sh|ar parked=2"}).fault.unstamped_size = true;
  }
  if (keeps_with_workers(name)) {
    add(mutants, "not flushed at thread exit", {"ax|bx parked=2"}).fault.skipped_exit = true;
  }
  if (name == "workspace_copy") {
    add(mutants, "lost when the receiver has no place", {"bgh|shtR limit=4"}).fault.lost_refusal = true;
  }
  if (name == "workspace_wait") {
    add(mutants, "missing wake-up of a tied worker", {"bgh|tR"}).fault.lost_wake_up = true;
  }
  for (const Call call : locked_calls(name)) {
    add(mutants, "lock not taken in " + std::string(to_string(call)),
        {"ar|ar parked=2", "ax|bx parked=2", "abrRhtR|bgha", "sh|ah parked=2", "ah|bgh|tRh parked=4 supply=1",
         "aG|brG parked=2"})
        .fault.unlocked = call;
  }
  if (name == "sharded_cache") {
    add(mutants, "busy mark left on an empty list", {"a|a parked=1"}).fault.busy_left = true;
  }
  if (name == "lockfree_stack") {
    add(mutants, "no tag", {"a|abr parked=2"}).fault.tag_mask = 0;
    add(mutants, "a tag of one bit", {"a|baRr|a parked=3"}).fault.tag_mask = 1;
    add(mutants, "node freed while another reads its link", {"a|sb parked=1"}).instead_of =
        &kPlantedVariant<LockfreeStack<LinkInStoragePlatform>>;
  }
  if (name == "watermark") {
    add(mutants, "no tag", {"a|baix parked=2"}).fault.tag_mask = 0;
    add(mutants, "a tag of one bit", {"a|baix|a parked=3"}).fault.tag_mask = 1;
    add(mutants, "node freed while another reads its link", {"a|sb parked=1"}).instead_of =
        &kPlantedVariant<Watermark<LinkInStoragePlatform>>;
  }
  return mutants;
}

Hunted hunt(const Strategies& strategy, const Mutant& mutant, std::uint64_t generated, const Effort& effort) {
  const Strategies& hunted = mutant.instead_of != nullptr ? *mutant.instead_of : strategy;
  Hunted result{mutant.name, 0, std::nullopt};
  std::vector<Scenario> scenarios;
  for (const auto* texts : {&mutant.scenarios, &known_scenarios()}) {
    std::ranges::transform(*texts, std::back_inserter(scenarios), parse_scenario);
  }
  for (std::uint64_t i = 0; i < generated; ++i) {
    scenarios.push_back(generated_scenario(i));
  }
  plant(mutant.fault);
  for (const Scenario& scenario : scenarios) {
    const Searched searched = search(hunted, scenario, effort);
    result.schedules += searched.schedules;
    if (searched.failure) {
      result.found = shortened(hunted, *searched.failure);
      break;
    }
  }
  plant({});
  return result;
}

std::vector<Mutant> weakenings_of(const Strategies& strategy) {
  forget_orders();
  for (const std::string& scenario : known_scenarios()) {
    static_cast<void>(search(strategy, parse_scenario(scenario), {.systematic = 500, .random = 500}));
  }
  std::vector<Mutant> mutants;
  for (const OrderSite& site : orders_met()) {
    switch (site.order) {
      case std::memory_order_relaxed:
        break;
      case std::memory_order_acq_rel:
        add_weakening(mutants, site, std::memory_order_acquire);
        add_weakening(mutants, site, std::memory_order_release);
        break;
      case std::memory_order_seq_cst:
        add_weakening(mutants, site, std::memory_order_acq_rel);
        break;
      default:
        add_weakening(mutants, site, std::memory_order_relaxed);
        break;
    }
  }
  return mutants;
}

}  // namespace baton::model
