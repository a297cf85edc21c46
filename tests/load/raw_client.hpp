// A blocking HTTP client for tests: sends what it is told and reads answers one at a time.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "harness/http/body.hpp"
#include "harness/http/head.hpp"
#include "harness/net/tcp.hpp"

namespace baton::load {

struct RawAnswer {
  int status = 0;
  std::string head;
  std::string body;
  http::Framing framing = http::Framing::none;
  bool keep_alive = false;
  bool whole = false;  // the body ended as its framing says
  int error = 0;       // errno of the read that ended it; 0 for a proper end and for FIN
};

class RawClient {
 public:
  explicit RawClient(const net::Address& address)
      : socket_(net::connect_tcp(address, std::chrono::seconds(10)).fd) {
    EXPECT_TRUE(socket_) << address.to_string();
    net::set_receive_timeout(socket_.get(), std::chrono::seconds(10));
  }

  void send(std::string_view bytes) {
    ASSERT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  void get(std::string_view target) { send("GET " + std::string(target) + " HTTP/1.1\r\nHost: o\r\n\r\n"); }

  // The next answer, interim ones included.
  RawAnswer answer(llhttp_method_t method = HTTP_GET) {
    RawAnswer answer;
    http::ResponseParser parser;
    for (;;) {
      parser.reset();
      const http::Parse outcome = parser.feed(unread_);
      if (outcome == http::Parse::complete) break;
      if (outcome != http::Parse::incomplete) ADD_FAILURE() << "not an answer: " << unread_;
      if (outcome != http::Parse::incomplete || !read(answer.error)) return answer;
    }
    const http::ResponseHead& head = parser.head();
    answer.status = head.status;
    answer.head = std::string(head.raw);
    answer.framing = http::response_framing(method, head);
    answer.keep_alive = head.keep_alive;
    http::BodyFramer body;
    body.start(answer.framing, head.content_length);
    unread_.erase(0, parser.consumed());
    while (!body.finished()) {
      if (unread_.empty() && !read(answer.error)) {
        answer.whole = answer.error == 0 && body.at_close();
        return answer;
      }
      const http::BodyFramer::Piece piece = body.next(unread_);
      if (piece.status == http::BodyFramer::Status::invalid) return answer;
      answer.body += piece.payload;
      unread_.erase(0, piece.consumed);
    }
    answer.whole = true;
    return answer;
  }

  // One request, one answer.
  RawAnswer ask(std::string_view target) {
    get(target);
    return answer();
  }

  // Whether the other side closes without sending more; errno in `error`.
  bool closed_by_peer(int& error) { return unread_.empty() && !read(error); }
  [[nodiscard]] std::string_view unread() const { return unread_; }
  // Waits for bytes to be there; returns how many this one read brought.
  std::size_t read_once() {
    int error = 0;
    const std::size_t before = unread_.size();
    read(error);
    return unread_.size() - before;
  }
  [[nodiscard]] int fd() const { return socket_.get(); }
  void close() { socket_.reset(); }

 private:
  bool read(int& error) {
    char block[16 * 1024];
    const ssize_t got = ::recv(socket_.get(), block, sizeof block, 0);
    error = got < 0 ? errno : 0;
    if (got > 0) unread_.append(block, static_cast<std::size_t>(got));
    return got > 0;
  }

  net::Fd socket_;
  std::string unread_;
};

}  // namespace baton::load
