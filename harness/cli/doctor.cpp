// baton doctor: is this machine fit for a run?
#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/measure/doctor.hpp"

namespace baton::cli {

Command add_doctor(CLI::App& program) {
  const auto as_json = std::make_shared<bool>(false);
  CLI::App* command =
      program.add_subcommand("doctor", "What about this machine and build will hurt a run, and what to do");
  command->footer(
      "Examples:\n"
      "  baton doctor\n"
      "  baton doctor --json\n"
      "Takes about a second. Exit codes: 0 nothing that spoils figures, 1 something that does.");
  command->add_flag("--json", *as_json, "The findings and the environment they come from, for programs");
  const auto run = [as_json]() -> int {
    const Examination seen = examine_machine();
    const std::vector<Finding> findings = diagnose(seen);
    const bool bad = std::ranges::any_of(
        findings, [](const Finding& finding) { return finding.severity == Severity::bad; });
    if (*as_json) {
      const nlohmann::json told{
          {"fit", !bad}, {"findings", to_json(findings)}, {"environment", seen.environment}};
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
    std::cout << (bad ? "\nA run here would be spoilt: see BAD above.\n" : "\nNothing here spoils a run.\n");
    return bad ? kNo : kGood;
  };
  return {.app = command, .run = run};
}

}  // namespace baton::cli
