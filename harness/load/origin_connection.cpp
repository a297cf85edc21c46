#include "harness/load/origin_connection.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "harness/http/forward.hpp"

namespace baton::load {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;            // also the largest request head
constexpr std::size_t kMostEcho = std::size_t{64} << 20U;  // bodies are echoed whole

constexpr Wish kInput{.what = Wish::For::input, .delay = {}, .reset = false};
constexpr Wish kOutput{.what = Wish::For::output, .delay = {}, .reset = false};
constexpr Wish kLeave{.what = Wish::For::leave, .delay = {}, .reset = false};
constexpr Wish kClose{.what = Wish::For::close, .delay = {}, .reset = false};
constexpr Wish kReset{.what = Wish::For::close, .delay = {}, .reset = true};

Wish after(std::uint64_t ms) noexcept {
  return {.what = Wish::For::timer, .delay = std::chrono::milliseconds(ms), .reset = false};
}

bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

Wish OriginConnection::drive() {
  for (;;) {
    std::optional<Wish> wish;
    switch (state_) {
      case State::head:
        wish = read_head();
        break;
      case State::request_body:
        wish = read_request_body();
        break;
      case State::answer:
        wish = send_answer();
        break;
      case State::lingering:
        wish = linger();
        break;
    }
    if (wish) return *wish;
  }
}

// More bytes behind those that are there.
std::optional<Wish> OriginConnection::fill() {
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kBufferBytes);
  for (;;) {
    const ssize_t got = ::recv(socket_.get(), buffer_.get() + end_, kBufferBytes - end_, 0);
    if (got > 0) {
      end_ += static_cast<std::size_t>(got);
      return std::nullopt;
    }
    if (got == 0) return kClose;
    if (errno != EINTR) return would_block(errno) ? kInput : kClose;
  }
}

std::optional<Wish> OriginConnection::read_head() {
  if (fed_ == start_) parser_.reset();
  const http::Parse outcome = parser_.feed({buffer_.get() + fed_, end_ - fed_});
  fed_ = end_;
  switch (outcome) {
    case http::Parse::complete:
      return begin_request();
    case http::Parse::invalid:
      refuse(400, parser_.error());
      return std::nullopt;
    case http::Parse::too_large:
      refuse(431, "too many header fields");
      return std::nullopt;
    case http::Parse::incomplete:
      break;
  }
  if (start_ == end_) start_ = end_ = fed_ = 0;
  if (end_ < kBufferBytes) return fill();
  if (start_ == 0) {
    refuse(431, fmt::format("a head has at most {} bytes", kBufferBytes));
    return std::nullopt;
  }
  // The parser's views point into the buffer, so that a head cannot move while it is parsed: it is parsed
  // anew.
  std::memmove(buffer_.get(), buffer_.get() + start_, end_ - start_);
  end_ -= start_;
  start_ = fed_ = 0;
  return std::nullopt;
}

// An answer to what is no request: nothing behind it can be understood either.
void OriginConnection::refuse(int status, std::string_view why) {
  requests_.fetch_add(1, std::memory_order_relaxed);  // a count
  plan_ = AnswerPlan{};
  answer_.start_text(status, why, {.http10 = false, .head_request = false, .keep_alive = false});
  quantum_.count = next_piece_ = 0;
  quantum_.then = Then::go_on;
  state_ = State::answer;
}

std::optional<Wish> OriginConnection::begin_request() {
  requests_.fetch_add(1, std::memory_order_relaxed);  // a count
  const http::RequestHead& head = parser_.head();
  asker_ = {.http10 = head.version_minor == 0,
            .head_request = head.method == HTTP_HEAD,
            .keep_alive = head.keep_alive};
  error_ = parse_target(head.target, plan_);
  request_body_.start(head.framing, head.content_length);
  body_offset_ = 0;
  wrong_at_.reset();
  text_.clear();
  if (head.expects_continue && !request_body_.finished()) {
    // 25 bytes into an empty send buffer; should they not fit, the client goes on without having been told.
    ::send(socket_.get(), http::kContinue.data(), http::kContinue.size(), MSG_NOSIGNAL);
  }
  start_ += parser_.consumed();
  fed_ = start_;
  state_ = State::request_body;
  return std::nullopt;
}

std::optional<Wish> OriginConnection::read_request_body() {
  while (!request_body_.finished() && start_ < end_) {
    const http::BodyFramer::Piece piece = request_body_.next({buffer_.get() + start_, end_ - start_});
    if (piece.status == http::BodyFramer::Status::invalid) {
      refuse(400, "the request's body is framed wrongly");
      return std::nullopt;
    }
    use_payload(piece.payload);
    start_ += piece.consumed;
  }
  fed_ = start_;
  if (request_body_.finished()) return begin_answer();
  start_ = end_ = fed_ = 0;
  return fill();
}

void OriginConnection::use_payload(std::string_view payload) {
  if (error_.status != 0) return;
  if (plan_.content == Content::echo) {
    if (text_.size() + payload.size() > kMostEcho) {
      error_ = {413, fmt::format("/echo takes at most {} bytes", kMostEcho)};
    } else {
      text_ += payload;
    }
  }
  if (plan_.content == Content::check && !wrong_at_) {
    const std::size_t at = first_mismatch(payload, plan_.body, body_offset_);
    if (at != std::string_view::npos) wrong_at_ = body_offset_ + at;
  }
  body_offset_ += payload.size();
}

std::optional<Wish> OriginConnection::begin_answer() {
  state_ = State::answer;
  quantum_.count = next_piece_ = 0;
  quantum_.then = Then::go_on;
  if (plan_.block_ms != 0) std::this_thread::sleep_for(std::chrono::milliseconds(plan_.block_ms));
  if (error_.status == 0 && plan_.content == Content::check) {
    text_ = "right\n";
    if (!wrong_at_ && body_offset_ != plan_.body.bytes) wrong_at_ = std::min(body_offset_, plan_.body.bytes);
    if (wrong_at_) {
      error_ = {
          422, fmt::format("the request's body has {} bytes, expected are {}; byte {} is the first to differ",
                           body_offset_, plan_.body.bytes, *wrong_at_)};
    }
  }
  if (error_.status != 0) {
    answer_.start_text(error_.status, error_.message, asker_);
    return std::nullopt;
  }
  answer_.start(plan_, asker_, text_);
  if (plan_.head_delay_ms != 0) return after(plan_.head_delay_ms);
  return std::nullopt;
}

std::optional<Wish> OriginConnection::send_answer() {
  while (next_piece_ < quantum_.count) {
    msghdr message{};
    message.msg_iov = &quantum_.pieces[next_piece_];
    message.msg_iovlen = quantum_.count - next_piece_;
    ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return would_block(errno) ? kOutput : kClose;
    }
    while (next_piece_ < quantum_.count &&
           static_cast<std::size_t>(sent) >= quantum_.pieces[next_piece_].iov_len) {
      sent -= static_cast<ssize_t>(quantum_.pieces[next_piece_++].iov_len);
    }
    if (sent > 0) {
      iovec& half = quantum_.pieces[next_piece_];
      half.iov_base = static_cast<char*>(half.iov_base) + sent;
      half.iov_len -= static_cast<std::size_t>(sent);
    }
  }
  return after_quantum();
}

std::optional<Wish> OriginConnection::after_quantum() {
  next_piece_ = 0;
  quantum_.count = 0;
  switch (quantum_.then) {
    case Then::go_on:
      answer_.next(quantum_);
      return std::nullopt;
    case Then::pause:
      quantum_.then = Then::go_on;
      return after(plan_.pause_ms);
    case Then::stall:
      return kLeave;
    case Then::reset:
      return kReset;
    case Then::keep_open:
      state_ = State::head;
      return std::nullopt;
    case Then::close:
      break;
  }
  // Closing with unread bytes would reset the connection and take the answer with it: say that nothing more
  // comes, then wait for the client to leave.
  ::shutdown(socket_.get(), SHUT_WR);
  state_ = State::lingering;
  return std::nullopt;
}

std::optional<Wish> OriginConnection::linger() {
  start_ = end_ = fed_ = 0;
  return fill();
}

}  // namespace baton::load
