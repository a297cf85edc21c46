// What the servers among the commands have in common.
#pragma once

#include <string_view>

#include "harness/net/address.hpp"
#include "harness/net/fd.hpp"

namespace baton::cli {

// Throws BadInput that names the address and why, for example that the port is in use.
net::Fd listen_on(const net::Address& address);
// The one line that says where: scripts wait for it.
void say_listening(const net::Address& address, std::string_view what);

}  // namespace baton::cli
