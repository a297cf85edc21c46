#include "tests/pipeline/scripted_origin.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <utility>

#include "harness/net/tcp.hpp"

namespace baton::pipeline {

bool ScriptedOrigin::Peer::fill() {
  std::array<char, 4096> block;
  const ssize_t got = ::recv(socket_.get(), block.data(), block.size(), 0);
  if (got > 0) unread_.append(block.data(), static_cast<std::size_t>(got));
  return got > 0;
}

std::string ScriptedOrigin::Peer::read_head() {
  constexpr std::string_view kEnd = "\r\n\r\n";
  std::size_t end = 0;
  while ((end = unread_.find(kEnd)) == std::string::npos) {
    if (!fill()) return std::exchange(unread_, {});
  }
  return read(end + kEnd.size());
}

std::string ScriptedOrigin::Peer::read(std::size_t bytes) {
  while (unread_.size() < bytes && fill()) {
  }
  const std::string taken = unread_.substr(0, bytes);
  unread_.erase(0, bytes);
  return taken;
}

void ScriptedOrigin::Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void ScriptedOrigin::Peer::send_pieces(std::string_view first, std::string_view second) {
  send(first);
  std::this_thread::sleep_for(std::chrono::microseconds(500));
  send(second);
}

void ScriptedOrigin::Peer::wait_for_close() {
  while (fill()) unread_.clear();
}

void ScriptedOrigin::Peer::reset() {
  net::set_reset_on_close(socket_.get());
  socket_.reset();
}

ScriptedOrigin::ScriptedOrigin(Script script)
    : script_(std::move(script)), listener_(net::listen_tcp(net::Address::loopback(0), 64)) {
  thread_ = std::thread([this] { run(); });
}

ScriptedOrigin::~ScriptedOrigin() {
  stopping_ = true;
  thread_.join();
}

net::Address ScriptedOrigin::address() const { return net::local_address(listener_.get()); }

void ScriptedOrigin::run() {
  constexpr int kLookMs = 5;
  while (!stopping_) {
    pollfd ready{.fd = listener_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, kLookMs) <= 0) continue;
    net::Connected accepted = net::accept_tcp(listener_.get(), net::Blocking::yes);
    if (accepted.error != 0) continue;
    net::set_nodelay(accepted.fd.get());
    net::set_receive_timeout(accepted.fd.get(), std::chrono::seconds(10));
    net::set_send_timeout(accepted.fd.get(), std::chrono::seconds(10));
    {
      Peer peer(std::move(accepted.fd));
      script_(peer, connections_.fetch_add(1));
    }
    ++closed_;
  }
}

}  // namespace baton::pipeline
