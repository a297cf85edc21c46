// An origin that sends exactly the bytes a test wants, piece by piece.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "harness/net/address.hpp"
#include "harness/net/fd.hpp"

namespace baton::pipeline {

// Serves one connection after the other on a thread of its own: `script` is called for each with its number,
// from 0.
class ScriptedOrigin {
 public:
  class Peer {
   public:
    explicit Peer(net::Fd socket) : socket_(std::move(socket)) {}
    // Up to and with the empty line; what came up to then if the proxy closes or sends nothing for 10 s.
    std::string read_head();
    // Exactly that many bytes, or fewer as above.
    std::string read(std::size_t bytes);
    // Sends what it can: the proxy may have closed.
    void send(std::string_view bytes);
    // As one TCP segment each, with a moment between them.
    void send_pieces(std::string_view first, std::string_view second);
    // Until the proxy closes.
    void wait_for_close();
    void reset();  // closes with RST

   private:
    bool fill();
    net::Fd socket_;
    std::string unread_;
  };
  using Script = std::function<void(Peer&, int)>;

  explicit ScriptedOrigin(Script script);
  ScriptedOrigin(const ScriptedOrigin&) = delete;
  ScriptedOrigin& operator=(const ScriptedOrigin&) = delete;
  // Ends once the proxy has closed its connections.
  ~ScriptedOrigin();

  [[nodiscard]] net::Address address() const;
  [[nodiscard]] int connections() const { return connections_.load(); }
  // Of them, those that the script is through with and that were closed.
  [[nodiscard]] int closed() const { return closed_.load(); }

 private:
  void run();

  Script script_;
  net::Fd listener_;
  std::atomic<int> connections_{0};
  std::atomic<int> closed_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace baton::pipeline
