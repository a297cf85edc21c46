#include "harness/cli/listening.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <system_error>

#include "harness/net/tcp.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::cli {

net::Fd listen_on(const net::Address& address) {
  try {
    return net::listen_tcp(address, 4096);
  } catch (const std::system_error& error) {
    throw BadInput(fmt::format("--listen: {}", error.what()));
  }
}

void say_listening(const net::Address& address, std::string_view what) {
  fmt::print("listening on {} ({})\n", address.to_string(), what);
  std::fflush(stdout);
}

}  // namespace baton::cli
