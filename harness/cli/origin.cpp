// baton origin: a server whose every byte is predictable.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <system_error>

#include "harness/cli/command.hpp"
#include "harness/cli/listening.hpp"
#include "harness/cli/options.hpp"
#include "harness/cli/signals.hpp"
#include "harness/load/origin.hpp"
#include "harness/load/origin_target.hpp"
#include "harness/net/tcp.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::cli {
namespace {

void print_counts(const load::OriginCounts& counts) {
  fmt::print("{} connections accepted, {} open, {} requests\n", counts.connections, counts.open,
             counts.requests);
  std::fflush(stdout);
}

std::unique_ptr<load::Origin> make_origin(const net::Address& address) {
  try {
    return std::make_unique<load::Origin>(address);
  } catch (const std::system_error& error) {
    throw BadInput(fmt::format("--listen: {}", error.what()));
  }
}

int serve(const std::string& listen) {
  require("--listen", listen, "--listen 127.0.0.1:9000");
  const net::Address address = address_given("--listen", listen);
  block_signals();
  net::raise_open_file_limit();
  const auto origin = make_origin(address);
  origin->start();
  say_listening(origin->address(), "origin");
  while (wait_for_signal() == Signal::show) {
    print_counts(origin->counts());
  }
  origin->stop();
  print_counts(origin->counts());
  return kGood;
}

std::string keys_help() {
  std::string help =
      "Paths: /bytes/N (N predictable bytes), /echo (the request's body), /check/N (whether it was those N "
      "bytes).\nKeys of the query:\n";
  for (const load::OriginKey& key : load::origin_keys()) {
    help += fmt::format("  {:<12} {}\n", key.name, key.help);
  }
  return help;
}

}  // namespace

Command add_origin(CLI::App& program) {
  const auto listen = std::make_shared<std::string>();
  CLI::App* app = program.add_subcommand(
      "origin", "An origin whose answers are predictable to the byte and misbehave on demand");
  app->add_option("--listen", *listen, "Address and port; port 0 takes a free one")->type_name("ADDRESS");
  app->footer(keys_help() +
              "Examples:\n"
              "  baton origin --listen 127.0.0.1:9000\n"
              "  curl 'http://127.0.0.1:9000/bytes/100000?chunked=1&piece=1000&pause=5'\n"
              "SIGUSR1 prints counts. SIGTERM, SIGINT or SIGHUP ends it.");
  return {app, [listen] { return serve(*listen); }};
}

}  // namespace baton::cli
