// The commands of the program. Each has a file of its own that declares its options and knows what to do with
// them.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace baton::cli {

enum ExitCode : int {
  kGood = 0,
  kNo = 1,
  kBadInput = 2
};  // kNo: an invalid trial, or a question answered "no"

struct Command {
  CLI::App* app;
  std::function<int()>
      run;  // after parsing, if this command was given. Returns the exit code; throws BadInput
};

Command add_compare(CLI::App& program);
Command add_count(CLI::App& program);
Command add_doctor(CLI::App& program);
Command add_export(CLI::App& program);
Command add_keep(CLI::App& program);
Command add_new_strategy(CLI::App& program);
Command add_list(CLI::App& program);
Command add_load(CLI::App& program);
Command add_origin(CLI::App& program);
Command add_plot(CLI::App& program);
Command add_report(CLI::App& program);
Command add_run(CLI::App& program);
Command add_serve(CLI::App& program);
Command add_simulate(CLI::App& program);
Command add_summarize(CLI::App& program);
Command add_trace(CLI::App& program);
Command add_script(CLI::App& program);  // what `count` starts; not shown in the help
Command add_trial(CLI::App& program);   // what `run` starts for each trial; not shown in the help

}  // namespace baton::cli
