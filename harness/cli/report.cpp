// baton report and baton plot: a run as a page and as figures. Python draws (plots/); what it says was
// computed here.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/options.hpp"
#include "harness/cli/run_directories.hpp"
#include "harness/suite/process.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::cli {
namespace {

namespace fs = std::filesystem;

// Debian's, which has Debian's modules; another one on the PATH may not.
constexpr const char* kPython = "/usr/bin/python3";
constexpr std::chrono::minutes kPatience{10};

fs::path script(const char* name) {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  for (const fs::path& folder :
       {fs::path(BATON_PLOTS), program / "../../plots", program / "../share/baton/plots"}) {
    if (std::error_code ignored; fs::is_regular_file(folder / name, ignored)) return folder / name;
  }
  throw std::runtime_error(
      fmt::format("plots/{} is neither in {} nor beside the program", name, BATON_PLOTS));
}

// What it prints is ours, and so is its exit code.
int run_python(const char* name, std::vector<std::string> arguments, const std::string& input) {
  std::vector<std::string> command{kPython, "-B", script(name).string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
  suite::ProcessResult process;
  try {
    process = suite::run_process(std::move(command), std::move(environment), input, kPatience);
  } catch (const std::system_error& error) {
    if (error.code().value() != ENOENT) throw;
    throw BadInput(
        fmt::format("{} is not there; install it with: apt-get install python3 python3-matplotlib "
                    "python3-jinja2 python3-jsonschema",
                    kPython));
  }
  std::cout << process.output << std::flush;
  std::cerr << process.messages << std::flush;
  if (!process.in_time)
    throw std::runtime_error(fmt::format("{} took more than {} minutes", name, kPatience.count()));
  return WIFEXITED(process.status) ? WEXITSTATUS(process.status) : kNo;
}

}  // namespace

Command add_report(CLI::App& program) {
  struct ReportArguments {
    std::string directory, out, questions;
  };
  const auto options = std::make_shared<ReportArguments>();
  CLI::App* command = program.add_subcommand(
      "report", "Writes a run's report: one HTML file, and Markdown for a merge request");
  command->footer(
      "Examples:\n"
      "  baton report out/quick\n"
      "  baton report results/quick-2026-11-28 --out /tmp/page\n"
      "  baton report out/quick --questions ask.toml\n"
      "The answers first, what could not be told, then evidence, figures, method and the raw data. It needs "
      "no network, no script and no other "
      "file.\nThe statistics are made from the trials as they are now; summary.json is left as it is. Exit "
      "codes: 0 written, 1 written and some\n"
      "records were invalid or refused or a question is answered no, 2 bad input, 3 a question cannot be "
      "answered.");
  command->add_option("directory", options->directory, "A run's directory")->type_name("DIR");
  add_questions(*command, options->questions);
  command->add_option("--out", options->out, "Where report.html and report.md go [DIR]")->type_name("DIR");
  return {.app = command, .run = [options]() -> int {
            require("DIR", options->directory, "baton report out/quick");
            const LeftByRun left = read_run(options->directory);
            nlohmann::json summary = summary_of(left);
            answer_questions(options->questions, left, summary);
            std::vector<std::string> arguments{options->directory, "--summary", "-"};
            if (!options->out.empty()) arguments.insert(arguments.end(), {"--out", options->out});
            const int code = run_python("report.py", std::move(arguments), summary.dump());
            return code == kGood ? exit_code_of(summary) : code;
          }};
}

Command add_plot(CLI::App& program) {
  struct PlotArguments {
    std::string directory, out, figure, format;
  };
  const auto options = std::make_shared<PlotArguments>();
  CLI::App* command =
      program.add_subcommand("plot", "Draws a run's figures as files, each with its data as CSV");
  command->footer(
      "Examples:\n"
      "  baton plot out/quick\n"
      "  baton plot out/quick --figure share,ledger --format png,svg --out /tmp/figures\n"
      "A figure for which the run has no data is not drawn. Exit codes: 0 drawn, 1 some records were invalid "
      "or refused, 2 bad input.");
  command->add_option("directory", options->directory, "A run's directory")->type_name("DIR");
  command->add_option("--figure", options->figure, "Which; a wrong one lists them [all]")
      ->type_name("NAME[,...]");
  command->add_option("--format", options->format, "Of svg, png, pdf [svg]")->type_name("FORMAT[,...]");
  command->add_option("--out", options->out, "Where they go [DIR/figures]")->type_name("DIR");
  return {.app = command, .run = [options]() -> int {
            require("DIR", options->directory, "baton plot out/quick");
            std::vector<std::string> arguments{options->directory, "--summary", "-"};
            for (const auto& [name, value] :
                 {std::pair("--figure", options->figure), std::pair("--format", options->format),
                  std::pair("--out", options->out)}) {
              if (!value.empty()) arguments.insert(arguments.end(), {name, value});
            }
            return run_python("figures.py", std::move(arguments),
                              summary_of(read_run(options->directory)).dump());
          }};
}

}  // namespace baton::cli
