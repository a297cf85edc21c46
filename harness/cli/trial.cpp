// baton trial: one trial of a run, in a process of its own.
#include "harness/cli/command.hpp"
#include "harness/suite/child.hpp"

namespace baton::cli {

Command add_trial(CLI::App& program) {
  CLI::App* command =
      program
          .add_subcommand("trial",
                          "Runs one trial: a specification on standard input, its record on standard output")
          ->group("");  // 'baton run' starts it
  return {.app = command, .run = suite::serve_as_child};
}

}  // namespace baton::cli
