#include "tests/soak/client.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "harness/http/body.hpp"
#include "harness/http/head.hpp"
#include "harness/load/pattern.hpp"
#include "harness/net/tcp.hpp"

namespace baton::soak {

ClientCounts& ClientCounts::operator+=(const ClientCounts& other) {
  asked += other.asked;
  honest += other.honest;
  answered += other.answered;
  turned_away += other.turned_away;
  misbehaviour += other.misbehaviour;
  wrong += other.wrong;
  if (first_wrong.empty()) first_wrong = other.first_wrong;
  return *this;
}

struct Client::Question {
  std::string text;  // the whole request
  llhttp_method_t method = HTTP_GET;
  load::BodyId body;
  bool honest = true;
};

Client::Question Client::question() {
  Question asked;
  asked.body = {.bytes = dice_.one_of<std::uint64_t>({0, 1, 900, 5000, 17'000, 40'000, 150'000}),
                .seed = dice_.below(1000)};
  std::string query = fmt::format("seed={}", asked.body.seed);
  const std::uint64_t within = asked.body.bytes == 0 ? 0 : dice_.below(asked.body.bytes);
  // What any origin may do:
  if (dice_.one_in(4)) query += fmt::format("&chunked=1&chunk={}", 1 + dice_.below(9000));
  if (dice_.one_in(8)) query += "&interim=1";
  if (dice_.one_in(8)) query += "&two_writes=1";
  if (dice_.one_in(8)) query += dice_.one_in(2) ? "&last=1" : "&close=1";
  if (dice_.one_in(8)) query += fmt::format("&pause={}&pause_at={}", dice_.below(4), within);
  if (dice_.one_in(8)) query += fmt::format("&head_delay={}", dice_.below(4));
  // What none should:
  if (dice_.one_in(8)) {
    asked.honest = false;
    query += dice_.one_of<std::string>(
        {fmt::format("&reset_at={}", within), fmt::format("&stall_at={}", within),
         fmt::format("&lie={}", 1 + dice_.below(1000)), fmt::format("&head_pad={}", 70'000),
         fmt::format("&head_delay={}", dice_.below(200))});
  }
  asked.honest = asked.honest && origin_obeys_;
  const std::string target = fmt::format("/bytes/{}?{}", asked.body.bytes, query);
  const std::uint64_t kind = dice_.below(12);
  asked.method = kind == 0 ? HTTP_HEAD : kind == 1 ? HTTP_POST : HTTP_GET;
  asked.text = fmt::format("{} {} HTTP/1.1\r\nHost: soak\r\n", llhttp_method_name(asked.method), target);
  if (asked.method == HTTP_POST) {
    const std::string body(dice_.below(3000), 'b');
    asked.text += fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
  } else {
    asked.text += "\r\n";
  }
  return asked;
}

void Client::run(const std::atomic<Phase>& phase) {
  phase_ = &phase;
  while (!over()) connection();
}

void Client::connection() {
  unread_.clear();
  socket_ = net::connect_tcp(proxy_, std::chrono::seconds(1)).fd;
  if (!socket_) return pause(5);
  net::set_receive_timeout(socket_.get(), std::chrono::milliseconds(20));
  net::set_send_timeout(socket_.get(), std::chrono::milliseconds(200));
  if (dice_.one_in(2)) {
    ++counts_.misbehaviour;
    misbehave();
  } else {
    for (std::uint64_t rounds = 1 + dice_.below(6); rounds != 0 && socket_ && !over(); --rounds) {
      ask(1 + dice_.below(3));
    }
  }
  leave();
}

// One way of going wrong for every stage of a request.
void Client::misbehave() {
  const Question asked = question();
  switch (dice_.below(8)) {
    case 0:  // nothing at all
      return pause(3);
    case 1:  // the start of a head
      send(std::string_view(asked.text).substr(0, dice_.below(20)));
      return pause(3);
    case 2:  // no request
      send(dice_.one_of<std::string_view>(
          {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/9.9\r\nHost: s\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
           "POST / HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}));
      receive();
      return;
    case 3:  // less of a body than announced
      send(fmt::format("POST /echo HTTP/1.1\r\nHost: s\r\nContent-Length: {}\r\n\r\nless",
                       1 + dice_.below(100'000)));
      return pause(3);
    case 4:  // gone behind the head
      send(asked.text);
      return pause(dice_.below(6));
    case 5:  // gone in the middle of the answer
      send(asked.text);
      for (std::uint64_t reads = dice_.below(4); reads != 0 && receive(); --reads) {
      }
      return;
    case 6:  // dribbles its head, is slow to read, and half-closes
      for (const char byte : asked.text.substr(0, 30)) {
        if (!send({&byte, 1})) return;
        pause(1);
      }
      send(std::string_view(asked.text).substr(std::min<std::size_t>(30, asked.text.size())));
      ::shutdown(socket_.get(), SHUT_WR);
      while (receive()) pause(2);
      return;
    default:  // pipelines more than it reads
      for (int i = 0; i < 20; ++i) send(asked.text);
      receive();
      return;
  }
}

void Client::ask(std::size_t pipelined) {
  std::vector<Question> questions;
  std::string text;
  for (std::size_t i = 0; i < pipelined; ++i) {
    questions.push_back(question());
    text += questions.back().text;
  }
  if (!send(text)) return socket_.reset();
  counts_.asked += pipelined;
  bool honest = true;  // behind a fault the connection may be over
  for (Question& asked : questions) {
    honest = asked.honest = asked.honest && honest;
    if (!read_answer(asked)) return socket_.reset();
  }
}

bool Client::read_answer(const Question& asked) {
  const auto ended = [&](bool right) {
    if (asked.honest && (right || phase_->load() == Phase::asking)) {
      ++counts_.honest;
      ++(right ? counts_.answered : counts_.turned_away);
    }
    return right;
  };
  const auto wrong = [&] {
    ++counts_.wrong;
    if (counts_.first_wrong.empty()) counts_.first_wrong = asked.text.substr(0, asked.text.find('\r'));
    return false;
  };
  http::ResponseParser parser;
  for (;;) {
    parser.reset();
    const http::Parse outcome = parser.feed(unread_);
    if (outcome == http::Parse::incomplete) {
      if (!receive()) return ended(false);
      continue;
    }
    if (outcome != http::Parse::complete) return wrong();
    if (parser.head().status >= 200) break;
    unread_.erase(0, parser.consumed());
  }
  const int status = parser.head().status;
  const bool keep_alive = parser.head().keep_alive;
  http::BodyFramer framer;
  framer.start(http::response_framing(asked.method, parser.head()), parser.head().content_length);
  unread_.erase(0, parser.consumed());
  std::uint64_t got = 0;
  while (!framer.finished()) {
    if (unread_.empty() && !receive()) {
      if (framer.at_close()) break;
      return ended(false);
    }
    const http::BodyFramer::Piece piece = framer.next(unread_);
    if (piece.status == http::BodyFramer::Status::invalid) return wrong();
    if (status == 200 && origin_obeys_ &&
        (got + piece.payload.size() > asked.body.bytes ||
         !load::matches_pattern(piece.payload, asked.body, got))) {
      return wrong();
    }
    got += piece.payload.size();
    unread_.erase(0, piece.consumed);
  }
  if (status == 200 && asked.honest && asked.method != HTTP_HEAD && got != asked.body.bytes) return wrong();
  return ended(status == 200) && keep_alive;
}

bool Client::send(std::string_view bytes) {
  return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

// Patient for 2 s, unless it is over.
bool Client::receive() {
  char block[16 * 1024];
  ssize_t got = -1;
  for (int slice = 0; got < 0 && slice < 100 && !over(); ++slice) {
    got = ::recv(socket_.get(), block, sizeof block, 0);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return false;
  }
  if (got > 0) unread_.append(block, static_cast<std::size_t>(got));
  return got > 0;
}

void Client::leave() {
  if (socket_ && dice_.one_in(2)) net::set_reset_on_close(socket_.get());
  socket_.reset();
}

void Client::pause(std::uint64_t most_ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(dice_.below(most_ms + 1)));
}

}  // namespace baton::soak
