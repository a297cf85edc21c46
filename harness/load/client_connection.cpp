#include "harness/load/client_connection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "harness/net/tcp.hpp"

namespace baton::load {
namespace {

// One sendmsg of several requests and, for POST, runs of their bodies.
class Gather {
 public:
  [[nodiscard]] bool full() const noexcept { return count_ == pieces_.size(); }
  void add(std::string_view bytes) noexcept {
    // iovec is shared with readv and therefore not const; sendmsg does not write.
    pieces_[count_++] = {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
  }
  void add(const Exchange& exchange) noexcept {
    std::uint64_t sent = exchange.sent;
    if (sent < exchange.head.size()) {
      add(std::string_view(exchange.head).substr(sent));
      sent = exchange.head.size();
    }
    while (sent < exchange.request_bytes() && !full()) {
      const std::string_view run =
          pattern_run(exchange.answer_body, sent - exchange.head.size(), exchange.request_bytes() - sent);
      add(run);
      sent += run.size();
    }
  }
  // Not more than that.
  void cut(std::uint64_t bytes) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      if (pieces_[i].iov_len >= bytes) {
        pieces_[i].iov_len = bytes;
        count_ = i + 1;
        return;
      }
      bytes -= pieces_[i].iov_len;
    }
  }
  ssize_t send(int fd) noexcept {
    msghdr message{};
    message.msg_iov = pieces_.data();
    message.msg_iovlen = count_;
    return ::sendmsg(fd, &message, MSG_NOSIGNAL);
  }

 private:
  std::array<iovec, 32> pieces_;
  std::size_t count_ = 0;
};

}  // namespace

int ClientConnection::connect(const net::Address& address, std::uint64_t now_ns) noexcept {
  net::Connected begun = net::begin_connect_tcp(address);
  if (begun.error != 0) return begun.error;
  socket_ = std::move(begun.fd);
  state_ = State::connecting;
  since_ns_ = now_ns;
  last_answered_ = false;
  reader_.reset();
  return 0;
}

int ClientConnection::connected() noexcept {
  int error = net::pending_error(socket_.get());
  if (error == 0) error = net::set_nodelay(socket_.get());
  if (error == 0) state_ = State::open;
  return error;
}

void ClientConnection::close(bool reset) noexcept {
  if (reset && socket_) net::set_reset_on_close(socket_.get());
  socket_.reset();  // takes it out of the epoll too
  state_ = State::closed;
  under_way_ = unsent_ = 0;
  watched = 0;
  ++generation;
}

Exchange& ClientConnection::add() noexcept { return at(under_way_); }

void ClientConnection::added() noexcept {
  ++under_way_;
  ++unsent_;
  ++requests_made_;
  if (under_way_ == 1) reader_.expect(oldest());
}

void ClientConnection::remove_oldest() noexcept {
  first_ = static_cast<std::uint32_t>((first_ + 1) % exchanges_.size());
  --under_way_;
  unsent_ = std::min(unsent_, under_way_);  // an answer may come before its request has gone out whole
  if (under_way_ != 0) reader_.expect(oldest());
}

void ClientConnection::flush() noexcept {
  while (unsent_ != 0) {
    Gather gather;
    for (std::uint32_t i = under_way_ - unsent_; i < under_way_ && !gather.full(); ++i) gather.add(at(i));
    if (cut_bytes_ != 0) gather.cut(cut_bytes_);
    const ssize_t sent = gather.send(socket_.get());
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) unsent_ = 0;
      return;
    }
    took(static_cast<std::uint64_t>(sent));
  }
}

void ClientConnection::took(std::uint64_t bytes) noexcept {
  while (bytes != 0) {
    Exchange& exchange = at(under_way_ - unsent_);
    const std::uint64_t part = std::min(bytes, exchange.request_bytes() - exchange.sent);
    exchange.sent += part;
    bytes -= part;
    if (exchange.sent != exchange.request_bytes()) return;
    --unsent_;
  }
}

std::uint64_t ClientConnection::waiting_since_ns() const noexcept {
  if (state_ == State::connecting) return since_ns_;
  if (under_way_ != 0) return exchanges_[first_].begun_ns;
  return last_answered_ && state_ == State::open ? since_ns_ : 0;
}

}  // namespace baton::load
