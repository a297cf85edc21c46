// baton trace: traffic of one's own, from an access log.
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cli/command.hpp"
#include "harness/cli/options.hpp"
#include "harness/trace/describe.hpp"
#include "harness/trace/fit.hpp"
#include "harness/trace/import.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/workload.hpp"

namespace baton::cli {
namespace {

struct TraceOptions {
  std::string log, fields, out, file;
  bool json = false;
  bool closed = false;
};

std::string text_of(const trace::ImportReport& report) {
  std::string text =
      fmt::format("{} lines, {} requests of {} clients\n", report.lines, report.requests, report.clients);
  for (std::size_t i = 0; i < report.unread.size(); ++i) {
    if (report.unread[i] == 0) continue;
    text += fmt::format("left out: {} lines, each {}\n", report.unread[i], trace::kUnreadWords[i]);
    for (const trace::Sample& sample : report.samples[i])
      text += fmt::format("    line {}: {}\n", sample.line, sample.text);
  }
  if (report.finer != 0)
    text += fmt::format("{} requests bear times finer than a second, and keep them\n", report.finer);
  if (report.backwards != 0)
    text += fmt::format(
        "{} requests were logged more than {} s late, and count for the earliest second that was open then\n",
        report.backwards, trace::kWindow);
  if (report.merged != 0)
    text += fmt::format("{} requests are of clients beyond the first {}, and share their numbers\n",
                        report.merged, trace::kMostClients);
  if (report.cut_off)
    text += "the log is cut off, or damaged, in the middle of its compression; what came before was read\n";
  return text;
}

int import_one(const TraceOptions& options) {
  require("--out", options.out, "--out site.trace");
  if (std::filesystem::exists(options.out))
    throw BadInput(fmt::format("--out {} is there already; a trace is not overwritten", options.out));
  trace::ImportReport report;
  trace::FieldMap fields;
  try {
    fields = trace::FieldMap(options.fields);
  } catch (const std::invalid_argument& error) {
    throw BadInput(fmt::format("--fields: {}", error.what()));
  }
  try {
    trace::ByteSource source(options.log);
    trace::TraceWriter writer(options.out);
    report = trace::import_log(source, writer, fields);
    if (report.requests != 0) writer.finish();
  } catch (const std::exception& error) {
    throw BadInput(error.what());
  }
  const std::string text = text_of(report);
  if (report.requests == 0)
    throw BadInput(fmt::format(
        "{}: no line could be read; valid is an access log in Common, Combined or W3C Log Format, "
        "or JSON lines (see --fields), plain, gzipped or compressed with zstd\n{}",
        options.log, text));
  fmt::print("{}{}: {} bytes\n", text, options.out, std::filesystem::file_size(options.out));
  return kGood;
}

int describe_one(const TraceOptions& options) {
  try {
    trace::TraceReader reader(options.file);
    const trace::Description told = trace::describe(reader);
    fmt::print("{}", options.json ? to_json(told).dump(1) + "\n" : trace::text_of(told));
  } catch (const std::exception& error) {
    throw BadInput(error.what());
  }
  return kGood;
}

int fit_one(const TraceOptions& options) {
  require("--out", options.out, "--out workloads/site.toml");
  const std::filesystem::path out(options.out);
  if (out.extension() != ".toml")
    throw BadInput(fmt::format("--out is {}; valid is a workload file, NAME.toml", options.out));
  if (std::filesystem::exists(out))
    throw BadInput(fmt::format("--out {} is there already; a workload is not overwritten", options.out));
  trace::Fit fitted;
  try {
    trace::TraceReader reader(options.file);
    fitted = trace::fit(reader);
  } catch (const std::exception& error) {
    throw BadInput(error.what());
  }
  std::ofstream file(out);
  file << trace::workload_of(fitted, out.stem().string(), options.closed);
  if (!file.flush())
    throw BadInput(fmt::format("--out {} cannot be written: {}", options.out, std::strerror(errno)));
  try {
    static_cast<void>(trial::read_workload(out));
  } catch (const BadInput&) {
    file.close();
    std::filesystem::remove(out);
    throw;
  }
  fmt::print(
      "{}: the sizes{} of {} requests of {} clients in {:.0f} s, and none of the requests\n"
      "baton run --workloads {} --workload {} --strategy heap,two_cache --out out/{}\n",
      options.out, options.closed ? ", think times and sessions" : " and arrivals", fitted.requests,
      fitted.clients, fitted.seconds, out.has_parent_path() ? out.parent_path().string() : ".",
      out.stem().string(), out.stem().string());
  return kGood;
}

}  // namespace

Command add_trace(CLI::App& program) {
  const auto options = std::make_shared<TraceOptions>();
  CLI::App* command = program.add_subcommand(
      "trace", "Traffic of your own: from an access log to a trace, and what is in it");
  command->require_subcommand(1);
  CLI::App* imported = command->add_subcommand(
      "import", "Makes a trace of an access log: when requests came and how large; no addresses, no paths");
  imported
      ->add_option(
          "log", options->log,
          "Common, Combined or W3C Log Format or JSON lines; plain, gzip or zstd; - for standard input")
      ->required()
      ->type_name("LOG");
  imported->add_option("--out", options->out, "The trace; must not exist yet")->type_name("FILE");
  imported
      ->add_option(
          "--fields", options->fields,
          fmt::format("Of W3C and JSON lines: which name means what, for {}; names that common servers "
                      "use are known",
                      fmt::join(trace::kRoleNames, ", ")))
      ->type_name("ROLE=NAME,...");
  CLI::App* described = command->add_subcommand("describe", "Prints what is in a trace");
  described->add_option("trace", options->file, "What `baton trace import` wrote")
      ->required()
      ->type_name("FILE");
  described->add_flag("--json", options->json, "As one object");
  CLI::App* fitted = command->add_subcommand(
      "fit", "Writes a workload with the trace's quantiles, which can be shared without the trace");
  fitted->add_option("trace", options->file, "What `baton trace import` wrote")
      ->required()
      ->type_name("FILE");
  fitted->add_option("--out", options->out, "The workload; must not exist yet")->type_name("NAME.toml");
  fitted->add_flag("--closed", options->closed,
                   "Clients that think and come back (closed loop), instead of arrivals as they were");
  command->footer(
      "Examples:\n"
      "  baton trace import /var/log/nginx/access.log --out site.trace\n"
      "  baton trace import app.jsonl --fields time=when,client=peer.ip,size=sent --out site.trace\n"
      "  zcat -f access.log* | baton trace import - --out site.trace\n"
      "  baton trace describe site.trace\n"
      "  baton trace fit site.trace --out my_workloads/site.toml\n"
      "  baton load --target 127.0.0.1:8080 --trace site.trace --pace 100 --duration 60\n"
      "Lines that cannot be read are counted, shown by a few samples and left out. Where a log tells the "
      "second only, the requests\n"
      "of one are spread over it evenly, in the order of the log. Times that go back are put in order within "
      "128 s.");
  return {command, [options, imported, fitted] {
            return *imported ? import_one(*options) : *fitted ? fit_one(*options) : describe_one(*options);
          }};
}

}  // namespace baton::cli
