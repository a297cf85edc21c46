// baton load: clients that check every byte.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/command.hpp"
#include "harness/cli/load_report.hpp"
#include "harness/cli/options.hpp"
#include "harness/load/load_client.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/check.hpp"
#include "harness/trial/nearest.hpp"
#include "harness/trial/tcp_load.hpp"
#include "harness/trial/traffic.hpp"
#include "harness/trial/workload.hpp"

namespace baton::cli {
namespace {

constexpr std::uint64_t kMostRequests = 1'000'000'000'000;
constexpr std::uint64_t kDayMs = 86'400'000;

struct LoadArguments {
  std::string target;
  std::string workload, workload_directory;
  GivenSettings settings;
  std::string method = "get";
  std::string path, query;
  std::vector<std::string> headers;
  std::uint64_t threads = 1;
  std::uint64_t requests = 0;
  std::uint64_t timeout_ms = 10'000;
  bool http10 = false;
  bool close = false;
  bool reset = false;
  bool json = false;
};

load::LoadMethod method_named(const std::string& name) {
  constexpr std::array<std::string_view, 3> kMethods = {"get", "head", "post"};
  const auto found = std::ranges::find(kMethods, name);
  if (found == kMethods.end()) {
    throw BadInput(unknown_name("method", name, kMethods));
  }
  return static_cast<load::LoadMethod>(found - kMethods.begin());
}

// What is left to the origin and the proxy, or belongs to trials only, is no option here.
bool is_of_clients(const trial::Setting& setting) {
  return setting.section == "load" || setting.section == "body" ||
         (setting.section == "hangup" && setting.key != "on_hangup") || setting.section == "trial" ||
         (setting.section == "faults" && setting.key != "refuse" && setting.key != "allocation");
}

// What clients of this command do if nothing else is said.
trial::TrialConfig defaults() {
  trial::TrialConfig config;
  config.transport = trial::TransportKind::tcp;
  config.load.connections = 64;
  config.ramp_s = 0.5;
  config.measure_s = 5;
  return config;
}

bool is_given(const LoadArguments& given, std::string_view section, std::string_view key) {
  return std::ranges::any_of(given.settings, [&](const auto& one) {
    return one.first->section == section && one.first->key == key;
  });
}

// The settings that were given, over the workload's, if there is one. A trace for itself is an open loop, and
// is replayed as a whole.
trial::TrialConfig config_of(const LoadArguments& given) {
  trial::TrialConfig config = defaults();
  if (given.workload.empty()) {
    apply(given.settings, config);
  } else {
    const auto workloads = trial::read_workloads(trial::workload_directory(given.workload_directory));
    config = single_config(trial::find_workload(workloads, given.workload), given.settings, is_of_clients);
    config.transport = trial::TransportKind::tcp;
    config.slice_ms = 0;  // that is of strategies
    config.pinning = trial::Pinning::none;
  }
  if (is_given(given, "load", "trace")) {
    if (!is_given(given, "load", "loop")) config.load.loop = trial::Loop::open;
    if (!is_given(given, "trial", "measure_s")) {
      if (!is_given(given, "trial", "ramp_s")) config.ramp_s = 0;
      try {
        config.measure_s =
            std::max(0.001, trial::extent_of(config.load.trace).seconds / config.load.pace - config.ramp_s);
      } catch (const std::exception& error) {
        throw BadInput(error.what());
      }
    }
  }
  return config;
}

load::LoadOptions load_options(const LoadArguments& given, const trial::TrialConfig& config) {
  load::LoadOptions options = trial::load_options(config, address_given("--target", given.target));
  if (is_given(given, "load", "trace") && !is_given(given, "trial", "measure_s")) {
    options.request_limit = options.schedule->size();
    options.measure += std::chrono::minutes(1);  // it ends with the last answer, however late
  }
  for (load::LoadTarget& target : options.targets) {
    if (!given.query.empty()) {
      target.query += (target.query.empty() ? "" : "&") + given.query;
    }
  }
  if (!given.path.empty()) {
    for (load::LoadTarget& target : options.targets) {
      target.path = given.path;
      target.query = given.query;
    }
  }
  options.method = method_named(given.method);
  options.headers = given.headers;
  options.threads = static_cast<std::uint32_t>(given.threads);
  if (given.requests != 0) options.request_limit = given.requests;
  options.timeout = std::chrono::milliseconds(given.timeout_ms);
  options.http10 = given.http10;
  options.keep_alive = !given.close;
  options.hang_up.reset = given.reset;
  try {
    load::validate(options);
  } catch (const std::invalid_argument& error) {
    throw BadInput(error.what());
  }
  return options;
}

int run_load(const LoadArguments& given) {
  require("--target", given.target, "--target 127.0.0.1:8080");
  const trial::TrialConfig config = config_of(given);
  trial::check(config);
  load::LoadClient client(load_options(given, config));
  const load::LoadResult result = client.run();
  if (given.json) {
    fmt::print("{}\n", to_json(result).dump(2));
  } else {
    print_report(result);
  }
  const bool good = result.total.wrong == 0 && result.total.failed == 0 &&
                    result.total.answered + result.total.hung_up != 0;
  return good ? kGood : kNo;
}

}  // namespace

Command add_load(CLI::App& program) {
  const auto options = std::make_shared<LoadArguments>();
  CLI::App* app = program.add_subcommand(
      "load", "Clients against 'baton origin' or a proxy before it; every byte is checked");
  app->add_option("--target", options->target, "Where to connect")->type_name("ADDRESS");
  app->add_option("--workload", options->workload, "Traffic of this workload (see 'baton list workloads')")
      ->type_name("NAME");
  app->add_option("--workloads", options->workload_directory,
                  "Where workload files are [those that come along]")
      ->type_name("DIR");
  app->add_option("--method", options->method, "What to send")->type_name("get|head|post [get]");
  app->add_option("--path", options->path,
                  "Asks any server for this path, with the body's size for {bytes}: framing is checked, the "
                  "bytes are not");
  app->add_option("--query", options->query,
                  "More keys for the origin, for example two_writes=1 (see 'baton origin --help')");
  app->add_option("--header", options->headers, "Added to every request, 'Name: value'; may be repeated")
      ->take_all();
  add_number(*app, "--threads", options->threads, "Threads of the clients", 1, 4096);
  add_number(*app, "--requests", options->requests, "Ends after that many; 0 = after --duration", 0,
             kMostRequests);
  add_number(*app, "--timeout-ms", options->timeout_ms, "ms for connecting and for an answer", 1, kDayMs);
  app->add_flag("--http10", options->http10, "Speaks HTTP/1.0");
  app->add_flag("--close", options->close, "A connection for each request");
  app->add_flag("--hangup-reset", options->reset, "Clients that hang up send RST instead of FIN");
  app->add_flag("--json", options->json, "The result as one object");
  for (const trial::Setting& setting : trial::settings()) {
    if (is_of_clients(setting)) {
      add_setting(*app, options->settings, setting, defaults());
    }
  }
  app->footer(
      "Examples:\n"
      "  baton load --target 127.0.0.1:8080 --connections 64 --body-bytes 1024 --duration 5\n"
      "  baton load --target 127.0.0.1:8080 --loop open --rate 2000 --arrivals poisson --body-bytes "
      "0+1024+65536 --chunked true\n"
      "  baton load --target 127.0.0.1:8080 --body-bytes 1000000 --hangup 0.1 --hangup-after-bytes 4096 "
      "--requests 1000\n"
      "  baton load --target 127.0.0.1:8080 --path '/files/{bytes}.bin' --workload web_mix --duration 10\n"
      "  baton load --target 127.0.0.1:8080 --trace site.trace --pace 100 --duration 60\n"
      "Without --duration a trace is replayed as a whole. Whichever connection is free takes its next "
      "request; HEAD is HEAD, all "
      "other\nmethods are GET, since a log has no bodies of requests.\n"
      "Exit code 1 if an answer was wrong, a request failed or nothing was answered.");
  return {app, [options] { return run_load(*options); }};
}

}  // namespace baton::cli
