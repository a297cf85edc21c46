// One connection of the origin: reads requests, writes answers, never blocks (but for the query key `block`).
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "harness/http/body.hpp"
#include "harness/http/head.hpp"
#include "harness/load/answer.hpp"
#include "harness/load/origin_target.hpp"
#include "harness/net/fd.hpp"

namespace baton::load {

// What a connection waits for.
struct Wish {
  enum class For : std::uint8_t {
    input,
    output,
    timer,  // `delay` from now
    leave,  // nothing but the client's going away
    close,  // it is done; `reset` says how
  };
  For what = For::input;
  std::chrono::milliseconds delay{0};
  bool reset = false;
};

class OriginConnection {
 public:
  // `requests` counts each request before its answer's first byte, so that whoever has the answer finds it
  // counted.
  OriginConnection(net::Fd socket, std::atomic<std::uint64_t>& requests) noexcept
      : socket_(std::move(socket)), requests_(requests) {}

  // Goes on as far as it can; call it again when the wish has come true.
  Wish drive();

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

 private:
  enum class State : std::uint8_t { head, request_body, answer, lingering };

  // Each goes one step: nothing to wait for, or the wish.
  std::optional<Wish> read_head();
  std::optional<Wish> read_request_body();
  std::optional<Wish> send_answer();
  std::optional<Wish> linger();

  std::optional<Wish> fill();
  std::optional<Wish> begin_request();
  void refuse(int status, std::string_view why);
  void use_payload(std::string_view payload);
  std::optional<Wish> begin_answer();
  std::optional<Wish> after_quantum();

  net::Fd socket_;
  std::atomic<std::uint64_t>& requests_;
  State state_ = State::head;

  // [start_, end_) of the buffer is unread; of that the parser knows what lies before fed_.
  std::unique_ptr<char[]> buffer_;
  std::size_t start_ = 0;
  std::size_t end_ = 0;
  std::size_t fed_ = 0;
  http::RequestParser parser_;

  // The request being served.
  Asker asker_;
  AnswerPlan plan_;
  TargetError error_;
  http::BodyFramer request_body_;
  std::string text_;                       // what /echo and /check answer with
  std::uint64_t body_offset_ = 0;          // of the request's body
  std::optional<std::uint64_t> wrong_at_;  // first wrong byte of it

  Answer answer_;
  Quantum quantum_;
  std::size_t next_piece_ = 0;
};

}  // namespace baton::load
