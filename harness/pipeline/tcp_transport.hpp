// Real sockets: clients that connect to us, and one origin that we connect to.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/net/address.hpp"
#include "harness/net/tcp.hpp"
#include "harness/net/tcp_connection.hpp"
#include "harness/pipeline/shared.hpp"
#include "harness/pipeline/tcp_waiter.hpp"

namespace baton::pipeline {

class TcpTransport {
 public:
  using ClientConnection = net::TcpConnection;
  using BackendConnection = net::TcpConnection;
  struct Local {};  // sockets record nothing
  template <class SharedType>
  using Waiter = TcpWaiter<SharedType>;

  // `listener` is listening already, so that its address is known before any thread runs.
  TcpTransport(net::Fd listener, const net::Address& origin)
      : listener_(std::move(listener)), origin_(origin), authority_(origin.to_string()) {}

  // Which connections to the origin are as if it had refused them, by their number. Before any is made.
  void refuse(std::function<bool(std::uint64_t)> which) { refuses_ = std::move(which); }

  [[nodiscard]] int listener() const noexcept { return listener_.get(); }
  [[nodiscard]] std::string_view authority() const noexcept { return authority_; }
  [[nodiscard]] Local& local(std::uint32_t /*worker*/) noexcept { return local_; }
  static void serving(ClientConnection& /*connection*/, Local& /*local*/) noexcept {}

  // From any client worker.
  Backend<BackendConnection> connect_backend(const Settings& settings) noexcept {
    const std::uint64_t number = connects_.fetch_add(1, std::memory_order_relaxed);  // a count
    if (refuses_ && refuses_(number)) return {.connection = {}, .error = ECONNREFUSED};
    net::Connected connected = net::connect_tcp(origin_, settings.connect_timeout);
    Backend<BackendConnection> backend{.connection = BackendConnection(std::move(connected.fd)),
                                       .error = connected.error};
    if (backend.error == 0) {
      net::set_nodelay(backend.connection.fd());
      // Reads return often enough to look at the client, writes to see an early answer; that costs nothing
      // while the origin answers and takes.
      backend.connection.set_slices(settings.hangup_check, settings.hangup_check);
    }
    return backend;
  }

  std::atomic<std::uint64_t> refused{0};          // connections and sessions answered 503 without a worker
  std::atomic<std::uint64_t> accept_failures{0};  // accept() without descriptors or memory; tried again

 private:
  net::Fd listener_;
  net::Address origin_;
  std::string authority_;
  Local local_;
  std::atomic<std::uint64_t> connects_{0};
  std::function<bool(std::uint64_t)> refuses_;
};

}  // namespace baton::pipeline
