// One connection of the load client: its socket, the requests under way on it, and the reader of its answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/load/answer_reader.hpp"
#include "harness/load/exchange.hpp"
#include "harness/net/address.hpp"
#include "harness/net/fd.hpp"

namespace baton::load {

// Used by one thread. Nothing blocks; errors are errno values.
class ClientConnection {
 public:
  enum class State : std::uint8_t { closed, connecting, open };

  // `cut_bytes`: most bytes of one write; 0: no limit.
  ClientConnection(std::uint64_t id, bool idle, std::uint32_t pipelining, http::ResponseParser& parser,
                   std::uint64_t cut_bytes = 0)
      : id_(id), idle_(idle), cut_bytes_(cut_bytes), exchanges_(pipelining), reader_(parser) {}

  int connect(const net::Address& address, std::uint64_t now_ns) noexcept;  // then connecting
  int connected() noexcept;         // writable: then open, or the error
  void close(bool reset) noexcept;  // drops what is under way

  // Requests under way, oldest first.
  [[nodiscard]] std::uint32_t under_way() const noexcept { return under_way_; }
  [[nodiscard]] bool can_send() const noexcept {
    return state_ == State::open && !last_answered_ && under_way_ < exchanges_.size();
  }
  [[nodiscard]] Exchange& oldest() noexcept { return exchanges_[first_]; }
  Exchange&
  add() noexcept;  // the next one, to be filled in and then announced by added(); only if can_send()
  void added() noexcept;
  void remove_oldest() noexcept;
  // Sends what the socket takes. wants_output(): there is more. After an error nothing more is sent; reading
  // tells what the server still said, and then the error.
  void flush() noexcept;
  [[nodiscard]] bool wants_output() const noexcept { return unsent_ != 0; }

  [[nodiscard]] AnswerReader& reader() noexcept { return reader_; }
  // The last answer said that no other follows: the server's closing is waited for.
  void set_last_answered(std::uint64_t now_ns) noexcept {
    last_answered_ = true;
    since_ns_ = now_ns;
  }
  [[nodiscard]] bool last_answered() const noexcept { return last_answered_; }

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] bool idle() const noexcept { return idle_; }
  [[nodiscard]] std::uint64_t requests_made() const noexcept { return requests_made_; }
  // When what is waited for began: connecting, the oldest request, or the server's closing. 0: nothing is.
  [[nodiscard]] std::uint64_t waiting_since_ns() const noexcept;

  // The loop's notes.
  std::uint32_t generation = 0;  // counts sockets, so that events and timers of an earlier one are known
  std::uint32_t watched = 0;     // epoll events
  bool was_ready = false;
  bool in_free_list = false;
  bool slow = false;            // reads slowly...
  bool pausing = false;         // ...and does not read at the moment
  std::uint64_t left = 0;       // requests before it is closed; 0: no limit
  std::uint64_t completed = 0;  // right answers in the measured time
  std::uint64_t hit_ns = 0;     // when a request that met a fault ended, until the next right answer

 private:
  [[nodiscard]] Exchange& at(std::uint32_t i) noexcept {
    return exchanges_[(first_ + i) % exchanges_.size()];
  }
  void took(std::uint64_t bytes) noexcept;

  std::uint64_t id_;
  bool idle_;
  std::uint64_t cut_bytes_;
  net::Fd socket_;
  State state_ = State::closed;
  bool last_answered_ = false;
  std::uint64_t since_ns_ = 0;
  std::uint64_t requests_made_ = 0;
  std::vector<Exchange> exchanges_;  // a ring
  std::uint32_t first_ = 0;
  std::uint32_t under_way_ = 0;
  std::uint32_t unsent_ = 0;  // of the newest, how many have bytes that the kernel has not taken
  AnswerReader reader_;
};

}  // namespace baton::load
