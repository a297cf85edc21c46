// baton compare: two runs, cell by cell.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/command.hpp"
#include "harness/cli/options.hpp"
#include "harness/cli/run_directories.hpp"
#include "harness/suite/compare.hpp"
#include "harness/suite/metrics.hpp"
#include "harness/suite/run_directory.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::cli {
namespace {

void check_metrics(const std::vector<std::string>& given) {
  std::vector<std::string_view> valid;
  for (const suite::Metric& metric : suite::metrics()) valid.push_back(metric.name);
  for (const std::string& name : given) {
    if (std::ranges::find(valid, name) == valid.end())
      throw BadInput("--metric: " + unknown_name("metric", name, valid));
  }
}

}  // namespace

Command add_compare(CLI::App& program) {
  struct CompareArguments {
    std::string old_run, new_run, baseline, html, markdown;
    std::string results = kResults;
    std::string threshold = "3%";
    std::vector<std::string> metrics = {"throughput", "cpu"};
    bool absolute = false;
    bool json = false;
  };
  const auto options = std::make_shared<CompareArguments>();
  CLI::App* command =
      program.add_subcommand("compare", "Two runs, cell by cell: exit code 1 if the new one is slower");
  command->footer(
      "Examples:\n"
      "  baton compare out/before out/after\n"
      "  baton compare out/before out/after --threshold 5% --metric cpu --json\n"
      "  baton compare --baseline main-2026-11-28 out/after --markdown comment.md --html page.html\n"
      "Differences of environment and build come first. A machine drifts between two runs, so a cell is "
      "compared by its\n"
      "ratio to the baseline of its own run; --absolute compares the figures themselves. Exit codes: 0 no "
      "regression, 1 a\n"
      "regression beyond the threshold, 2 bad input.");
  command->add_option("old", options->old_run, "Directory of the older run")->type_name("OLD");
  command->add_option("new", options->new_run, "Directory of the newer run")->type_name("NEW");
  command->add_option("--threshold", options->threshold, "What is slower by less is no regression")
      ->type_name("SHARE [3%]");
  command->add_option("--metric", options->metrics, "What to compare")
      ->delimiter(',')
      ->type_name("NAME[,...] [throughput,cpu]");
  command->add_option("--baseline", options->baseline, "A kept run (baton keep) instead of OLD")
      ->type_name("NAME");
  add_results(*command, options->results);
  command->add_option("--html", options->html, "Writes the comparison as a page, too")->type_name("FILE");
  command->add_option("--markdown", options->markdown, "Writes it as Markdown, too")->type_name("FILE");
  command->add_flag("--absolute", options->absolute,
                    "Decides by the figures, not by their ratios to the baseline");
  command->add_flag("--json", options->json, "Prints the comparison for programs");
  const auto run = [options]() -> int {
    if (!options->baseline.empty()) {
      if (!options->new_run.empty())
        throw BadInput(fmt::format("both OLD '{}' and --baseline {} were given; valid is one of them",
                                   options->old_run, options->baseline));
      options->new_run =
          std::exchange(options->old_run, kept_run(options->results, options->baseline).string());
    }
    require("OLD", options->old_run, "baton compare out/before out/after");
    require("NEW", options->new_run, "baton compare out/before out/after");
    const double threshold = share_given("--threshold", options->threshold);
    check_metrics(options->metrics);
    const LeftByRun before = read_run(options->old_run);
    const LeftByRun after = read_run(options->new_run);
    const nlohmann::json comparison = suite::compare({before.evidence, before.baselines, options->old_run},
                                                     {after.evidence, after.baselines, options->new_run},
                                                     {.threshold = threshold,
                                                      .absolute = options->absolute,
                                                      .metrics = options->metrics,
                                                      .level = 0.95,
                                                      .seed = before.seed});
    if (!options->html.empty()) suite::write_whole(options->html, suite::html_of(comparison));
    if (!options->markdown.empty()) suite::write_whole(options->markdown, suite::markdown_of(comparison));
    std::cout << (options->json ? comparison.dump(1) + "\n" : suite::text_of(comparison));
    return comparison.at("regressions").get<std::size_t>() == 0 ? kGood : kNo;
  };
  return {.app = command, .run = run};
}

}  // namespace baton::cli
