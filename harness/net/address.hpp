// Where a socket listens or connects: numeric IPv4 and IPv6, so that no name is ever looked up behind our
// back.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace baton::net {

class Address {
 public:
  Address() noexcept;  // 127.0.0.1:0

  // "127.0.0.1:8080", "[::1]:8080" or "localhost:8080" (which is 127.0.0.1). Port 0 asks the kernel for a
  // free one. Throws std::invalid_argument with a sentence that says what was given and what is valid.
  static Address parse(std::string_view text);
  static Address loopback(std::uint16_t port) noexcept;                  // 127.0.0.1
  static Address from_kernel(const sockaddr_storage& storage) noexcept;  // AF_INET or AF_INET6

  [[nodiscard]] std::string to_string() const;  // in the form that parse() reads
  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] int family() const noexcept { return storage_.ss_family; }
  [[nodiscard]] const sockaddr* data() const noexcept;
  [[nodiscard]] socklen_t size() const noexcept;

  friend bool operator==(const Address& left, const Address& right) noexcept;

 private:
  explicit Address(const sockaddr_storage& storage) noexcept : storage_(storage) {}
  sockaddr_storage storage_{};
};

}  // namespace baton::net
