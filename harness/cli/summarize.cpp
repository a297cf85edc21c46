// baton summarize: summary.json and what it says once more, from the trials.
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "harness/cli/command.hpp"
#include "harness/cli/options.hpp"
#include "harness/cli/run_directories.hpp"
#include "harness/suite/answers.hpp"
#include "harness/suite/ask.hpp"
#include "harness/suite/run_directory.hpp"
#include "harness/suite/table.hpp"

namespace baton::cli {

Command add_summarize(CLI::App& program) {
  struct SummarizeArguments {
    std::string directory, questions;
    bool json = false;
    bool table = false;
    bool no_write = false;
  };
  const auto options = std::make_shared<SummarizeArguments>();
  CLI::App* command =
      program.add_subcommand("summarize", "Remakes summary.json from a run's trials, and prints its answers");
  command->footer(
      "Examples:\n"
      "  baton summarize out/quick\n"
      "  baton summarize out/quick --table\n"
      "  baton summarize results/quick-2026-11-23 --no-write --json\n"
      "Medians with intervals, ratios to the baseline corrected for their number, resolution from A/A, "
      "answers, and how\n"
      "many rounds an open question would need (results/summary-schema.json). Also while the run goes on, or "
      "after it\n"
      "was ended. Exit codes: 0 good, 1 a question is answered no, 2 bad input, 3 a question cannot be "
      "answered.");
  command->add_option("directory", options->directory, "A run's directory")->type_name("DIR");
  add_questions(*command, options->questions);
  command->add_flag("--json", options->json, "Prints the summary itself");
  command->add_flag("--table", options->table, "Prints every cell with its figures");
  command->add_flag("--no-write", options->no_write, "Leaves the directory as it is");
  const auto run = [options]() -> int {
    require("DIR", options->directory, "baton summarize out/quick");
    const LeftByRun left = read_run(options->directory);
    nlohmann::json summary = summary_of(left);
    answer_questions(options->questions, left, summary);
    if (!options->no_write) {
      suite::write_whole(std::filesystem::path(options->directory) / "summary.json", summary.dump(1) + "\n");
    }
    if (summary.contains("questions") && !options->json)
      std::cout << suite::questions_text(summary.at("questions")) << '\n';
    std::cout << (options->json    ? summary.dump(1) + "\n"
                  : options->table ? suite::table_of(summary)
                                   : suite::answers_of(summary, options->directory));
    return exit_code_of(summary);
  };
  return {.app = command, .run = run};
}

}  // namespace baton::cli
