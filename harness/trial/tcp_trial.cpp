#include <chrono>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/load/load_client.hpp"
#include "harness/load/origin.hpp"
#include "harness/pipeline/tcp_transport.hpp"
#include "harness/trial/conductor.hpp"
#include "harness/trial/forked.hpp"
#include "harness/trial/histogram_json.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/set_up.hpp"
#include "harness/trial/tcp_load.hpp"

namespace baton::trial {

namespace {

using nlohmann::json;

constexpr std::string_view kBegin = "measure begins";
constexpr std::string_view kEnd = "measure ends";
constexpr std::chrono::seconds kSetUp{30};

void serve_origin(Forked::Ends ends) {
  load::Origin origin(net::Address::loopback(0));
  Forked::write_line(ends.to_parent, std::to_string(origin.port()));
  origin.run();
}

void run_clients(const load::LoadOptions& options, Forked::Ends ends) {
  Forked::wait_for_line(ends.from_parent);
  load::LoadClient client(options);
  const load::LoadResult result =
      client.run({.measure_begins = [&] { Forked::write_line(ends.to_parent, kBegin); },
                  .measure_ends = [&] { Forked::write_line(ends.to_parent, kEnd); }});
  json told = to_json(result);
  told["body_bytes"] = result.body_bytes;
  const load::ServedShares& served = result.served;
  told["served"] = {served.clients, served.answers, served.squares, served.least, served.most};
  told["intended_histogram"] = histogram_to_json(result.intended);
  told["service_histogram"] = histogram_to_json(result.service);
  told["recovery_histogram"] = histogram_to_json(result.recovery);
  told["late_histogram"] = histogram_to_json(result.late);
  Forked::write_line(ends.to_parent, told.dump());
}

void take_result(const json& told, Outcome& outcome) {
  const json& total = told.at("requests_whole_run");
  outcome.completed = told.at("completed");
  outcome.completed_ever = total.at("answered");
  outcome.body_bytes = told.at("body_bytes");
  outcome.wrong = total.at("wrong");
  outcome.failed = total.at("failed");
  outcome.hung_up = total.at("hung_up");
  outcome.failures = told.at("by_reason").get<std::map<std::string, std::uint64_t>>();
  outcome.intended = histogram_from_json(told.at("intended_histogram"));
  outcome.service = histogram_from_json(told.at("service_histogram"));
  outcome.recovery = histogram_from_json(told.at("recovery_histogram"));
  const json& served = told.at("served");
  outcome.served = {.clients = served.at(0),
                    .answers = served.at(1),
                    .squares = served.at(2),
                    .least = served.at(3),
                    .most = served.at(4)};
  outcome.hit = total.at("hit");
  outcome.late = histogram_from_json(told.at("late_histogram"));
  if (told.at("saturated").is_boolean()) {
    outcome.saturated = told.at("saturated").get<bool>();
  }
  outcome.idle_sessions = told.at("connections").at("idle_open_at_end");
}

// Refuses before anything runs what the limit of open files cannot hold. Three sockets for a busy connection:
// the client's, ours, and one to the origin; they lie in different processes.
void check_open_files(const TrialConfig& config) {
  const std::uint64_t limit = net::raise_open_file_limit();
  constexpr std::uint64_t kOthers = 64;
  const std::uint64_t needed =
      config.load.connections + config.load.idle_connections + config.pipeline.client_workers + kOthers;
  const std::uint64_t ours = config.pipeline.client_workers + kOthers;
  if (limit <= ours) {
    throw std::runtime_error(
        fmt::format("{} connections need {} open files and the limit is {}, of which {} are needed without "
                    "any; valid is a limit "
                    "of {} or more (ulimit -n)",
                    config.load.connections + config.load.idle_connections, needed, limit, ours, needed));
  }
  if (needed > limit) {
    throw std::runtime_error(
        fmt::format("{} connections need {} open files and the limit is {}; valid are at most {} connections",
                    config.load.connections + config.load.idle_connections, needed, limit, limit - ours));
  }
}

}  // namespace

Outcome run_tcp_trial(const TrialConfig& config, Role role) {
  const Instance& instance = instance_named(config.strategy);
  check_open_files(config);
  Outcome outcome;
  net::Fd listener = net::listen_tcp(net::Address::loopback(0), 4096);
  const net::Address proxy = net::local_address(listener.get());
  // Both are forked while this process has one thread.
  Forked origin([](Forked::Ends ends) { serve_origin(ends); });
  const load::LoadOptions options = load_options(config, proxy);
  Forked clients([&options](Forked::Ends ends) { run_clients(options, ends); });
  const auto port = origin.receive_line(kSetUp);
  if (!port) {
    throw std::runtime_error("the origin's process did not start");
  }

  LedgerBook book;
  const PerfCounters counters = counters_for(config);
  pipeline::TcpTransport transport(std::move(listener),
                                   net::Address::loopback(static_cast<std::uint16_t>(std::stoul(*port))));
  transport.refuse([share = config.faults.refuse](std::uint64_t n) { return load::refuses(share, n); });
  const auto make = role == Role::verifying ? instance.verifying_tcp : instance.tcp;
  const auto pipeline = make(config.pipeline, transport, trial_options(config, role, book));
  Conductor conductor(*pipeline, outcome, counters, {origin.pid(), clients.pid()});
  pipeline->start();
  conductor.before_load();
  const FailingAllocations failing(role == Role::verifying ? config.faults.allocation : 0);
  clients.send("go");

  bool measuring = false;
  std::optional<json> told;
  const auto patience = kSetUp + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                     std::chrono::duration<double>(config.ramp_s + config.measure_s));
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!told && !clients.closed() && !interrupted() && std::chrono::steady_clock::now() < give_up) {
    const auto line = clients.receive_line(sample_interval(config));
    if (!line) {
      if (measuring) {
        conductor.sample();
        conductor.resize(config);
      }
    } else if (*line == kBegin) {
      conductor.begin_measure();
      measuring = true;
    } else if (*line == kEnd) {
      conductor.end_measure();
      measuring = false;
      if (config.load.idle_connections != 0) {
        outcome.quiet = pipeline->sample();
      }
    } else {
      told = json::parse(*line);
    }
  }
  if (told) {
    conductor.watch_calm(config.calm_s);
  }
  conductor.stop();
  if (told) {
    take_result(*told, outcome);
  } else if (!interrupted()) {
    outcome.faults.emplace_back("the clients' process did not end with a result");
  }
  if (role == Role::verifying) {
    outcome.ledger = book.sum();
  }
  judge(config, outcome);
  return outcome;
}

}  // namespace baton::trial
