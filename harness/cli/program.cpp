#include "harness/cli/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/command.hpp"
#include "harness/measure/build_info.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::cli {
namespace {

std::string version() {
  const BuildInfo& build = build_info();
  return fmt::format("baton {} (commit {}{}, {}, {}{})", build.version, build.commit,
                     build.dirty == "yes" ? ", modified" : "", build.compiler, build.build_type,
                     build.sanitizer == "none" ? "" : ", sanitizer " + build.sanitizer);
}

// The command that the arguments reached, or the program itself.
const CLI::App& deepest(const CLI::App& program) {
  const auto given = program.get_subcommands();
  return given.empty() ? program : *given.back();
}

// What the library calls "arguments that were not expected" are misspelt flags and commands: names them with
// the valid ones.
std::string explain_unknown(const CLI::App& app, bool is_program, const std::string& given) {
  std::vector<std::string> names;
  const bool flag = given.starts_with("-");
  if (flag) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        names.push_back("--" + name);
      }
    }
  } else if (is_program) {
    const auto shown = [](const CLI::App* command) { return !command->get_group().empty(); };
    for (const CLI::App* command : app.get_subcommands(shown)) {
      names.push_back(command->get_name());
    }
  } else {
    return fmt::format("{} takes no argument '{}'", app.get_name(), given);
  }
  const std::vector<std::string_view> valid(names.begin(), names.end());
  const std::string wrong = flag ? given.substr(0, given.find('=')) : given;
  return unknown_name(flag ? fmt::format("flag of {}", app.get_name()) : "command", wrong, valid);
}

int refuse(const CLI::App& app, std::string_view why) {
  const std::string name = app.get_name() == "baton" ? "baton" : "baton " + app.get_name();
  fmt::print(stderr, "{}: {}\nTry '{} --help'.\n", name, why, name);
  return kBadInput;
}

int parse_and_run(CLI::App& program, const std::vector<Command>& commands, int argc, char** argv) {
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return program.exit(success);
  } catch (const CLI::ParseError& error) {
    const CLI::App& app = deepest(program);
    const std::vector<std::string> rest = app.remaining();
    return refuse(app, rest.empty() ? error.what() : explain_unknown(app, &app == &program, rest.front()));
  } catch (const BadInput& error) {
    return refuse(deepest(program), error.what());
  }
  const auto given =
      std::ranges::find_if(commands, [](const Command& command) { return command.app->parsed(); });
  if (given == commands.end()) {
    fmt::print(stderr, "{}", program.help());
    return kBadInput;
  }
  try {
    return given->run();
  } catch (const BadInput& error) {
    return refuse(*given->app, error.what());
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  try {
    CLI::App program("Who should own a connection's read buffer while it passes between threads?", "baton");
    program.set_version_flag("--version", version(), "Version, commit and compiler");
    program.require_subcommand(0, 1);
    program.footer(
        "Examples:\n"
        "  baton list\n"
        "  baton run --strategy two_cache,locked_pool --workload handoff_ratio --handoff 1 --out out/first\n"
        "  baton serve --strategy two_cache --listen 127.0.0.1:8080 --origin 127.0.0.1:80 --handoff 1\n"
        "Exit codes: 0 good, 1 a trial was invalid or a question was answered 'no', 2 bad input.\n"
        "'baton COMMAND --help' explains a command.");
    const std::vector<Command> commands = {
        add_doctor(program),    add_list(program),   add_run(program),          add_count(program),
        add_summarize(program), add_report(program), add_plot(program),         add_compare(program),
        add_keep(program),      add_export(program), add_new_strategy(program), add_simulate(program),
        add_serve(program),     add_origin(program), add_load(program),         add_trace(program),
        add_trial(program),     add_script(program)};
    return parse_and_run(program, commands, argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "baton: %s\n", error.what());
    return kNo;
  }
}

}  // namespace baton::cli
