// baton doctor: is this machine fit for a run?
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/measure/costs.hpp"
#include "harness/measure/doctor.hpp"

namespace baton::cli {

namespace {

std::string table_of(const std::vector<Cost>& costs) {
  std::string table = fmt::format("\n{:<20} {:>9}   middle half of the batches, ns\n", "costs here", "ns");
  for (const Cost& cost : costs) {
    table += fmt::format("{:<20} {:>9.4g}   {:.4g} to {:.4g}\n", cost.name, cost.ns, cost.low, cost.high);
  }
  return table;
}

}  // namespace

Command add_doctor(CLI::App& program) {
  const auto as_json = std::make_shared<bool>(false);
  const auto with_costs = std::make_shared<bool>(false);
  CLI::App* command =
      program.add_subcommand("doctor", "What about this machine and build will hurt a run, and what to do");
  command->footer(
      "Examples:\n"
      "  baton doctor\n"
      "  baton doctor --costs\n"
      "  baton doctor --json\n"
      "Takes about a second, with --costs two. Exit codes: 0 nothing that spoils figures, 1 something that "
      "does.");
  command->add_flag("--json", *as_json, "The findings and the environment they come from, for programs");
  command->add_flag(
      "--costs", *with_costs,
      "Also what the steps of ownership cost here, in nanoseconds: a lock, an exchange, a cache line "
      "from CPU to CPU, a wake-up, a page fault, malloc and free, copies");
  const auto run = [as_json, with_costs]() -> int {
    const Examination seen = examine_machine();
    const std::vector<Cost> costs = *with_costs ? measure_costs() : std::vector<Cost>{};
    const std::vector<Finding> findings = diagnose(seen);
    const bool bad = std::ranges::any_of(
        findings, [](const Finding& finding) { return finding.severity == Severity::bad; });
    if (*as_json) {
      nlohmann::json told{{"fit", !bad}, {"findings", to_json(findings)}, {"environment", seen.environment}};
      if (*with_costs) told["costs"] = to_json(costs);
      std::cout << told.dump(1) << '\n';
      return bad ? kNo : kGood;
    }
    for (const Finding& finding : findings) {
      std::cout << fmt::format("{:<8}{}: {}\n",
                               finding.severity == Severity::bad ? "BAD" : to_string(finding.severity),
                               finding.name, finding.found);
      if (!finding.hurts.empty()) std::cout << fmt::format("        {}\n", finding.hurts);
      if (!finding.remedy.empty()) std::cout << fmt::format("        -> {}\n", finding.remedy);
    }
    if (*with_costs) std::cout << table_of(costs);
    std::cout << (bad ? "\nA run here would be spoilt: see BAD above.\n" : "\nNothing here spoils a run.\n");
    return bad ? kNo : kGood;
  };
  return {.app = command, .run = run};
}

}  // namespace baton::cli
