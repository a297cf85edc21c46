#include "harness/net/tcp_connection.hpp"

#include <sys/socket.h>

#include <array>

#include "harness/net/tcp.hpp"

namespace baton::net {

namespace {
constexpr int kDrainReads = 64;  // of kDrainBytes each: a client that goes on sending is cut off
constexpr std::size_t kDrainBytes = 4096;
constexpr std::chrono::milliseconds kDrainSlice{50};

IoResult receive(int socket, char* memory, std::size_t bytes, int flags) noexcept {
  const ssize_t got = ::recv(socket, memory, bytes, flags);
  if (got < 0) {
    return {.bytes = 0, .error = errno};
  }
  return {.bytes = static_cast<std::size_t>(got), .error = 0};
}
}  // namespace

void TcpConnection::set_slices(std::chrono::microseconds read, std::chrono::microseconds write) noexcept {
  set_receive_timeout(socket_.get(), read);
  set_send_timeout(socket_.get(), write);
}

IoResult TcpConnection::read(char* memory, std::size_t bytes) noexcept {
  return receive(socket_.get(), memory, bytes, 0);
}

IoResult TcpConnection::read_now(char* memory, std::size_t bytes) noexcept {
  return receive(socket_.get(), memory, bytes, MSG_DONTWAIT);
}

IoResult TcpConnection::write(std::span<iovec> pieces) noexcept {
  std::size_t total = 0;
  while (!pieces.empty()) {
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) {
        continue;
      }
      return {.bytes = total, .error = errno == EAGAIN ? ETIMEDOUT : errno};
    }
    auto left = static_cast<std::size_t>(sent);
    total += left;
    while (!pieces.empty() && left >= pieces.front().iov_len) {
      left -= pieces.front().iov_len;
      pieces.front().iov_len = 0;
      pieces = pieces.subspan(1);
    }
    if (!pieces.empty()) {
      pieces.front().iov_base = static_cast<char*>(pieces.front().iov_base) + left;
      pieces.front().iov_len -= left;
    }
  }
  return {.bytes = total, .error = 0};
}

void TcpConnection::interrupt() noexcept { shutdown_both(socket_.get()); }

bool TcpConnection::peer_gone() noexcept { return peer_hung_up(socket_.get()); }

bool TcpConnection::quiet() noexcept {
  char first = 0;
  return ::recv(socket_.get(), &first, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR);
}

void TcpConnection::end_gracefully() noexcept {
  ::shutdown(socket_.get(), SHUT_WR);
  set_receive_timeout(socket_.get(), kDrainSlice);
  std::array<char, kDrainBytes> dropped;
  for (int i = 0; i < kDrainReads && read(dropped.data(), dropped.size()).ok(); ++i) {
  }
}

}  // namespace baton::net
