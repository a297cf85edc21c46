// baton serve: the pipeline as a streaming reverse proxy for any client and any origin.
#include <fmt/format.h>
#include <pthread.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "harness/cli/command.hpp"
#include "harness/cli/listening.hpp"
#include "harness/cli/options.hpp"
#include "harness/cli/served.hpp"
#include "harness/cli/signals.hpp"
#include "harness/net/tcp.hpp"
#include "harness/pipeline/tcp_transport.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/check.hpp"
#include "harness/trial/conductor.hpp"

namespace baton::cli {
namespace {

struct ServeArguments {
  std::string strategy, listen, origin;
  trial::TrialConfig config;
  bool checked = false;
};

// Stacks of 8 MiB invite the kernel to put huge pages under them, and the memory of idle workers is measured.
// Sanitizers need room.
void set_modest_stacks() {
#ifndef BATON_SANITIZER
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, std::size_t{256} * 1024);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
#endif
}

bool is_of_a_proxy(const trial::Setting& setting) {
  return (setting.section == "pipeline" && setting.key != "transport") || setting.section == "handoff" ||
         setting.section == "buffers" || setting.key == "on_hangup";
}

int serve(ServeArguments& options) {
  require("--strategy", options.strategy, "--strategy two_cache");
  require("--listen", options.listen, "--listen 127.0.0.1:8080");
  require("--origin", options.origin, "--origin 127.0.0.1:80");
  const trial::Instance& instance = strategy_named(options.strategy);
  const net::Address listen = address_given("--listen", options.listen);
  const net::Address origin = address_given("--origin", options.origin);
  if (origin.port() == 0) {
    throw BadInput(fmt::format("--origin is {}; valid is a port from 1 to 65535", options.origin));
  }
  trial::check(options.config.pipeline);

  set_modest_stacks();
  block_signals();
  net::raise_open_file_limit();
  pipeline::TcpTransport transport(listen_on(listen), origin);
  trial::LedgerBook ledgers;  // outlives the pipeline
  pipeline::PipelineOptions hooks;
  if (options.checked) {
    hooks.on_thread = [&ledgers](pipeline::Role, std::uint32_t) { ledgers.open_for_this_thread(); };
  }
  const auto make = options.checked ? instance.verifying_tcp : instance.tcp;
  const auto running = make(options.config.pipeline, transport, std::move(hooks));
  running->start();
  say_listening(net::local_address(transport.listener()),
                fmt::format("strategy {}, origin {}", instance.name(), origin.to_string()));

  while (wait_for_signal() == Signal::show) {
    print_totals(running->totals(), transport);
    print_footprint(running->sample());
    fmt::print("sessions open: {}. Figures of a running pipeline are approximate.\n",
               running->open_sessions());
    std::fflush(stdout);
  }
  running->stop();
  print_totals(running->totals(), transport);
  if (options.checked) {
    print_ledger(ledgers.sum(), running->totals().requests);
  }
  const Footprint footprint = running->footprint();
  print_footprint(footprint);
  const bool held = print_conservation(footprint);
  std::fflush(stdout);
  return held ? kGood : kNo;
}

}  // namespace

Command add_serve(CLI::App& program) {
  const auto options = std::make_shared<ServeArguments>();
  // A proxy for any client: blocking workers, many more of them than a trial has.
  options->config.pipeline.client_workers = 64;
  options->config.pipeline.fetch_workers = 64;
  CLI::App* app =
      program.add_subcommand("serve", "The pipeline as a streaming reverse proxy in front of an origin");
  app->add_option("--strategy", options->strategy, "Who owns the buffers (see 'baton list')");
  app->add_option("--listen", options->listen, "Address and port for clients; port 0 takes a free one");
  app->add_option("--origin", options->origin, "Address and port of the origin");
  app->add_flag("--checked", options->checked,
                "Checks every rule of the contract and counts into the ledger (slower)");
  for (const trial::Setting& setting : trial::settings()) {
    if (is_of_a_proxy(setting)) {
      add_setting(*app, options->config, setting);
    }
  }
  app->footer(
      "Examples:\n"
      "  baton serve --strategy two_cache --listen 127.0.0.1:8080 --origin 127.0.0.1:80\n"
      "  baton serve --strategy workspace_wait --listen [::1]:0 --origin localhost:9000 --handoff 1 "
      "--checked\n"
      "Prints one line when it listens. SIGUSR1 prints what it holds. SIGTERM, SIGINT or SIGHUP drains: what "
      "is under way is answered,\n"
      "then totals and footprint are printed, and the exit code is 0 only if all buffers are accounted for.\n"
      "A second signal ends it at once.\n"
      "A request head may have up to 128 header fields and as many bytes as a buffer (--buffer-bytes); a "
      "larger "
      "one is answered 431.");
  return {app, [options] { return serve(*options); }};
}

}  // namespace baton::cli
