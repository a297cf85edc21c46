// baton keep and baton export: runs for later, and for other programs.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/options.hpp"
#include "harness/cli/run_directories.hpp"
#include "harness/suite/export.hpp"
#include "harness/suite/records_file.hpp"
#include "harness/suite/run_directory.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::cli {
namespace {

namespace fs = std::filesystem;

bool is_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.';
  });
}

// Everything a run is read from again, whole or not at all.
void keep(const fs::path& run, const fs::path& kept, const std::string& summary) {
  const fs::path partial = kept.parent_path() / fmt::format(".{}.partial", kept.filename().string());
  try {
    fs::remove_all(partial);  // of a program that was ended
    fs::create_directories(partial);
    const fs::path trials = suite::trials_file_of(run);
    fs::copy_file(trials, partial / trials.filename());
    for (const char* name : {"plan.json", "environment.json", "counts.json", "simulated.json"}) {
      if (fs::exists(run / name)) fs::copy_file(run / name, partial / name);
    }
    suite::write_whole(partial / "summary.json", summary);
    if (trials.extension() != ".gz") suite::compress_records(partial);
    fs::rename(partial, kept);
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    throw BadInput(fmt::format("cannot keep the run in {}: {}; give another place with --results",
                               kept.string(), error.what()));
  }
}

}  // namespace

fs::path kept_run(const std::string& results, const std::string& name) {
  if (!is_name(name))
    throw BadInput(fmt::format(
        "the name is '{}'; valid are letters, digits, '-', '_' and '.', and no '.' in front", name));
  return fs::path(results) / name;
}

Command add_keep(CLI::App& program) {
  struct KeepArguments {
    std::string directory, name;
    std::string results = kResults;
  };
  const auto options = std::make_shared<KeepArguments>();
  CLI::App* command = program.add_subcommand("keep", "Keeps a run under a name, to compare later ones with");
  command->footer(
      "Examples:\n"
      "  baton keep out/quick main-2026-11-28\n"
      "  baton compare --baseline main-2026-11-28 out/after\n"
      "Copies plan, environment, counts and compressed trials, and a summary made afresh, to results/NAME. A "
      "kept run is not overwritten.");
  command->add_option("directory", options->directory, "A run's directory")->type_name("DIR");
  command->add_option("name", options->name, "What to call it")->type_name("NAME");
  add_results(*command, options->results);
  return {
      .app = command, .run = [options]() -> int {
        require("DIR", options->directory, "baton keep out/quick NAME");
        require("NAME", options->name, "baton keep out/quick NAME");
        const fs::path kept = kept_run(options->results, options->name);
        if (fs::exists(kept))
          throw BadInput(fmt::format("{} is there already; kept runs are not overwritten", kept.string()));
        const std::string summary = summary_of(read_run(options->directory)).dump(1) + "\n";
        keep(options->directory, kept, summary);
        std::cout << fmt::format("kept: {}\n", kept.string());
        return kGood;
      }};
}

Command add_export(CLI::App& program) {
  struct ExportArguments {
    std::string directory, out;
    bool google_benchmark = false;
  };
  const auto options = std::make_shared<ExportArguments>();
  CLI::App* command = program.add_subcommand("export", "A run in the format of another program");
  command->footer(
      "Examples:\n"
      "  baton export --google-benchmark out/before --out before.json\n"
      "  compare.py benchmarks before.json after.json     # of Google Benchmark\n"
      "Every trial that counts is a repetition of its cell. real_time is the time from one answer to the "
      "next and not a latency.");
  command->add_option("directory", options->directory, "A run's directory")->type_name("DIR");
  command->add_flag("--google-benchmark", options->google_benchmark, "JSON as Google Benchmark writes it");
  command->add_option("--out", options->out, "A file, which must not exist yet [standard output]")
      ->type_name("FILE");
  return {
      .app = command, .run = [options]() -> int {
        require("DIR", options->directory, "baton export --google-benchmark out/before");
        if (!options->google_benchmark) throw BadInput("no format was given; valid is --google-benchmark");
        if (!options->out.empty() && fs::exists(options->out))
          throw BadInput(fmt::format("--out {} is there already; results are not overwritten", options->out));
        const std::string text = suite::google_benchmark_of(options->directory).dump(1) + "\n";
        if (options->out.empty()) {
          std::cout << text << std::flush;
        } else {
          suite::write_whole(options->out, text);
        }
        return kGood;
      }};
}

}  // namespace baton::cli
