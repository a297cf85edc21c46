// A TCP socket as a net::Connection. Blocking; the socket's receive and send timeouts are its slice of time.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <utility>

#include "harness/net/connection.hpp"
#include "harness/net/fd.hpp"

namespace baton::net {

class TcpConnection {
 public:
  TcpConnection() noexcept = default;  // not open
  explicit TcpConnection(Fd socket) noexcept : socket_(std::move(socket)) {}

  // How long a read, and a write that makes no progress, may block before it returns slice_over() or
  // ETIMEDOUT.
  void set_slices(std::chrono::microseconds read, std::chrono::microseconds write) noexcept;

  IoResult read(char* memory, std::size_t bytes) noexcept;
  IoResult read_now(char* memory, std::size_t bytes) noexcept;
  IoResult write(std::span<iovec> pieces) noexcept;
  void interrupt() noexcept;
  [[nodiscard]] bool peer_gone() noexcept;
  [[nodiscard]] bool quiet() noexcept;
  void close() noexcept { socket_.reset(); }
  // Says that we send no more, then reads and drops what the peer still sends, for a short while, so that a
  // last answer is not destroyed by the reset that closing with unread bytes would send. Still open: it may
  // be interrupted meanwhile.
  void end_gracefully() noexcept;
  [[nodiscard]] bool is_open() const noexcept { return socket_.get() >= 0; }
  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

 private:
  Fd socket_;
};
static_assert(KeptConnection<TcpConnection>);

}  // namespace baton::net
