// LoadThread's connections: opening, reading, closing, time-outs.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <string>
#include <system_error>
#include <utility>

#include "harness/load/load_thread.hpp"
#include "harness/load/quantiles.hpp"
#include "harness/measure/clock.hpp"

namespace baton::load {
namespace {

constexpr std::uint32_t kMostConnecting = 256;  // at once, so that no server's backlog overflows
constexpr std::uint64_t kRetryNs = 10'000'000;  // after a refused connection
constexpr double kNsPerUs = 1e3;
constexpr std::uint64_t kSweepNs = 100'000'000;  // between looks for time-outs
constexpr std::uint32_t kInput = EPOLLIN;

std::string connect_error(int error) { return "connect: " + std::generic_category().message(error); }

std::uint64_t tag_of(std::uint32_t index, const ClientConnection& connection) noexcept {
  return std::uint64_t{connection.generation} << 32U | index;
}

}  // namespace

void LoadThread::open_some(std::uint64_t now) {
  const bool needed = !stopped_ || (backlog_ && !backlog_->empty());
  while (needed && !to_open_.empty() && connecting_ < kMostConnecting) {
    const std::uint32_t index = to_open_.front();
    to_open_.pop_front();
    ClientConnection& connection = connections_[index];
    int error = connection.connect(options_.address, now);
    if (error == 0) {
      connection.watched = EPOLLOUT;
      error = poller_.add(connection.fd(), EPOLLOUT, tag_of(index, connection));
      ++connecting_;
    }
    if (error != 0) not_connected(index, error, now);
  }
}

void LoadThread::not_connected(std::uint32_t index, int error, std::uint64_t now) {
  ClientConnection& connection = connections_[index];
  recorder_.connection_error(connect_error(error));
  if (connection.state() == ClientConnection::State::connecting) --connecting_;
  connection.close(false);
  mark_ready(connection);
  timers_.push({now + kRetryNs, index, connection.generation, Timer::What::open});
}

void LoadThread::mark_ready(ClientConnection& connection) {
  if (connection.was_ready) return;
  connection.was_ready = true;
  --not_ready_;
}

void LoadThread::watch(std::uint32_t index) {
  ClientConnection& connection = connections_[index];
  if (connection.state() != ClientConnection::State::open) return;
  const std::uint32_t input = connection.pausing ? 0 : kInput;
  const std::uint32_t events = connection.wants_output() ? input | EPOLLOUT : input;
  if (events == connection.watched) return;
  connection.watched = events;
  poller_.change(connection.fd(), events, tag_of(index, connection));
}

void LoadThread::on_event(std::uint64_t tag, std::uint32_t events) {
  if (tag == net::Poller::kWakeTag) return;
  const auto index = static_cast<std::uint32_t>(tag);
  ClientConnection& connection = connections_[index];
  if (connection.generation != static_cast<std::uint32_t>(tag >> 32U)) return;
  if (connection.state() == ClientConnection::State::connecting) {
    on_connected(index);
    return;
  }
  if ((events & EPOLLOUT) != 0) send(index);
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0 && connection.state() == ClientConnection::State::open) {
    on_readable(index);
  }
}

void LoadThread::on_connected(std::uint32_t index) {
  ClientConnection& connection = connections_[index];
  const std::uint64_t now = monotonic_ns();
  const int error = connection.connected();
  if (error != 0) {
    not_connected(index, error, now);
    return;
  }
  --connecting_;
  ++recorder_.result().connections_opened;
  connection.left = static_cast<std::uint64_t>(std::llround(draw(options_.requests_per_connection, random_)));
  connection.pausing = false;
  if (!connection.idle()) mark_ready(connection);
  begin_requests(index, now);
  watch(index);
}

void LoadThread::on_readable(std::uint32_t index) {
  ClientConnection& connection = connections_[index];
  const std::size_t most =
      connection.slow ? static_cast<std::size_t>(std::min<std::uint64_t>(options_.slow_bytes, input_.size()))
                      : input_.size();
  const ssize_t got = ::recv(connection.fd(), input_.data(), most, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  const int error = got < 0 ? errno : 0;
  const std::uint64_t now = monotonic_ns();
  if (connection.slow && got > 0) {
    connection.pausing = true;
    timers_.push({now + static_cast<std::uint64_t>(options_.slow_pause.count()), index, connection.generation,
                  Timer::What::read});
    watch(index);
  }
  if (got == 0) {
    on_server_closed(index, now);
  } else if (error != 0) {
    abandon(index, Outcome::broken, error == ECONNRESET ? "reset" : std::generic_category().message(error),
            false, now);
  } else if (take_answers(index, {input_.data(), static_cast<std::size_t>(got)}, now) &&
             options_.think_us.empty()) {
    begin_requests(index, now);
  }
}

bool LoadThread::take_answers(std::uint32_t index, std::string_view bytes, std::uint64_t now) {
  ClientConnection& connection = connections_[index];
  while (!bytes.empty()) {
    if (connection.under_way() == 0) {
      recorder_.connection_error("bytes_without_request");
      reopen(index);
      return false;
    }
    const Outcome outcome = connection.reader().feed(bytes);
    switch (outcome) {
      case Outcome::more:
        return true;
      case Outcome::right:
      case Outcome::wrong:
      case Outcome::failed:
        break;
      case Outcome::broken:
        settle_oldest(connection, outcome, connection.reader().reason(), now);
        abandon(index, outcome, "connection_lost", false, now);
        return false;
      case Outcome::hang_up:
        abandon(index, outcome, "", options_.hang_up.reset, now);
        return false;
    }
    settle_oldest(connection, outcome, connection.reader().reason(), now);
    if (!connection.reader().keep_alive()) connection.set_last_answered(now);
    mark_ready(connection);
    if (connection.idle()) continue;
    if (connection.left != 0 && --connection.left == 0) {
      reopen(index);
      return false;
    }
    if (!options_.think_us.empty()) {
      const auto think_ns = static_cast<std::uint64_t>(draw(options_.think_us, random_) * kNsPerUs);
      timers_.push({now + think_ns, index, connection.generation, Timer::What::next_request});
    }
  }
  return true;
}

void LoadThread::on_server_closed(std::uint32_t index, std::uint64_t now) {
  ClientConnection& connection = connections_[index];
  if (connection.under_way() == 0) {
    if (!connection.last_answered()) recorder_.connection_error("closed_while_idle");
    reopen(index);
    return;
  }
  const Outcome outcome = connection.reader().at_close();
  settle_oldest(connection, outcome, connection.reader().reason(), now);
  abandon(index, Outcome::broken, "closed_without_answer", false, now);
}

void LoadThread::settle_oldest(ClientConnection& connection, Outcome outcome, std::string_view reason,
                               std::uint64_t now) {
  if (!connection.idle()) {
    recorder_.settled(connection.oldest(), outcome, reason, connection.reader().body_bytes(), now);
  } else if (outcome != Outcome::right) {
    recorder_.connection_error("idle: " + std::string(reason));
  }
  const bool right = outcome == Outcome::right && !connection.oldest().meets_fault;
  if (right && !connection.idle() && phases_.measured(now)) ++connection.completed;
  if (connection.oldest().meets_fault) {
    connection.hit_ns = now;
  } else if (right && connection.hit_ns != 0) {
    recorder_.recovered(now - std::exchange(connection.hit_ns, 0));
  }
  connection.remove_oldest();
  --under_way_;
}

void LoadThread::abandon(std::uint32_t index, Outcome outcome, std::string_view reason, bool reset,
                         std::uint64_t now) {
  ClientConnection& connection = connections_[index];
  while (connection.under_way() != 0) settle_oldest(connection, outcome, reason, now);
  if (reset) connection.close(true);
  reopen(index);
}

void LoadThread::reopen(std::uint32_t index) {
  ClientConnection& connection = connections_[index];
  connection.close(false);
  mark_ready(connection);
  if (!connection.idle()) to_open_.push_back(index);
}

void LoadThread::on_timers(std::uint64_t now) {
  while (!timers_.empty() && timers_.top().due_ns <= now) {
    const Timer timer = timers_.top();
    timers_.pop();
    ClientConnection& connection = connections_[timer.index];
    if (connection.generation != timer.generation) continue;
    if (timer.what == Timer::What::open) {
      to_open_.push_back(timer.index);
    } else if (timer.what == Timer::What::read) {
      connection.pausing = false;
      watch(timer.index);
    } else if (loading() && left_ != 0 && connection.can_send()) {  // a think time is over
      --left_;
      issue(connection, now, now);
      send(timer.index);
    }
  }
}

void LoadThread::sweep(std::uint64_t now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepNs;
  const auto limit = static_cast<std::uint64_t>(options_.timeout.count());
  for (std::uint32_t index = 0; index < connections_.size(); ++index) {
    ClientConnection& connection = connections_[index];
    const std::uint64_t since = connection.waiting_since_ns();
    if (since == 0 || now - since < limit) continue;
    if (connection.state() == ClientConnection::State::connecting) {
      not_connected(index, ETIMEDOUT, now);
    } else if (connection.under_way() == 0) {
      recorder_.connection_error("not_closed_by_server");
      reopen(index);
    } else {
      abandon(index, Outcome::failed, "timeout", false, now);
    }
  }
}

}  // namespace baton::load
