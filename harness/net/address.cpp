#include "harness/net/address.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace baton::net {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw std::invalid_argument(fmt::format(
      "'{}' is not an address: {}; valid are 127.0.0.1:8080, [::1]:8080 and localhost:8080", text, why));
}

std::uint16_t parse_port(std::string_view text, std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    refuse(text, fmt::format("the port '{}' is not a number from 0 to 65535", digits));
  }
  return port;
}

// sockaddr_storage is meant to be looked at as the family's own struct; copying says so without aliasing.
template <class Family>
Family view_as(const sockaddr_storage& storage) noexcept {
  Family family;
  std::memcpy(&family, &storage, sizeof family);
  return family;
}
template <class Family>
void store(sockaddr_storage& storage, const Family& family) noexcept {
  std::memcpy(&storage, &family, sizeof family);
}

}  // namespace

Address::Address() noexcept : Address(loopback(0)) {}

Address Address::loopback(std::uint16_t port) noexcept {
  sockaddr_storage storage{};
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  store(storage, in);
  return from_kernel(storage);
}

Address Address::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) refuse(text, "it has no port");
  std::string_view host = text.substr(0, colon);
  const std::uint16_t port = parse_port(text, text.substr(colon + 1));
  if (host == "localhost") return loopback(port);

  sockaddr_storage storage{};
  if (host.starts_with('[') && host.ends_with(']')) {
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    const std::string numeric(host.substr(1, host.size() - 2));
    if (inet_pton(AF_INET6, numeric.c_str(), &in6.sin6_addr) != 1) {
      refuse(text, fmt::format("'{}' is not a numeric IPv6 address", numeric));
    }
    store(storage, in6);
  } else {
    if (host.find(':') != std::string_view::npos) refuse(text, "an IPv6 address needs square brackets");
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    const std::string numeric(host);
    if (inet_pton(AF_INET, numeric.c_str(), &in.sin_addr) != 1) {
      refuse(text, fmt::format("'{}' is not a numeric IPv4 address, and names are not looked up", host));
    }
    store(storage, in);
  }
  return from_kernel(storage);
}

Address Address::from_kernel(const sockaddr_storage& storage) noexcept { return Address(storage); }

std::string Address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family() == AF_INET6) {
    const auto in6 = view_as<sockaddr_in6>(storage_);
    inet_ntop(AF_INET6, &in6.sin6_addr, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), port());
  }
  const auto in = view_as<sockaddr_in>(storage_);
  inet_ntop(AF_INET, &in.sin_addr, text.data(), text.size());
  return fmt::format("{}:{}", text.data(), port());
}

std::uint16_t Address::port() const noexcept {
  return ntohs(family() == AF_INET6 ? view_as<sockaddr_in6>(storage_).sin6_port
                                    : view_as<sockaddr_in>(storage_).sin_port);
}

const sockaddr* Address::data() const noexcept { return std::bit_cast<const sockaddr*>(&storage_); }

socklen_t Address::size() const noexcept {
  return family() == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

bool operator==(const Address& left, const Address& right) noexcept {
  return left.size() == right.size() && std::memcmp(&left.storage_, &right.storage_, left.size()) == 0;
}

}  // namespace baton::net
