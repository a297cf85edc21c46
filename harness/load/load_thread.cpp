#include "harness/load/load_thread.hpp"

#include <sys/prctl.h>
#include <time.h>

#include <algorithm>

#include "harness/measure/clock.hpp"

namespace baton::load {
namespace {

constexpr std::size_t kInputBytes = 256 * 1024;

std::uint64_t ns_of(std::chrono::nanoseconds duration) noexcept {
  return static_cast<std::uint64_t>(duration.count());
}

// Part i of n equal parts; the first ones take the remainder.
std::uint64_t share(std::uint64_t whole, std::uint32_t i, std::uint32_t n) noexcept {
  return whole / n + (i < whole % n ? 1 : 0);
}

std::uint64_t thread_cpu_ns() noexcept {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(used.tv_nsec);
}

}  // namespace

LoadThread::LoadThread(const LoadOptions& options, const LoadPhases& phases, std::uint32_t index)
    : options_(options),
      phases_(phases),
      index_(index),
      recorder_(phases),
      source_(options, options.seed * 0x9e3779b97f4a7c15U + index),
      input_(kInputBytes),
      left_(options.request_limit == 0 ? LoadPhases::kNever
                                       : share(options.request_limit, index, options.threads)),
      random_(options.seed * 31 + index) {
  const auto add = [&](std::uint64_t id, bool idle) {
    to_open_.push_back(static_cast<std::uint32_t>(connections_.size()));
    connections_.emplace_back(id, idle, idle ? 1 : options.pipelining, parser_, options.cut_bytes);
    connections_.back().slow = id < options.slow_connections;
  };
  const std::uint64_t all = std::uint64_t{options.connections} + options.idle_connections;
  connections_.reserve(all / options.threads +
                       1);  // readers point to exchanges: connections must not move once in use
  for (std::uint64_t id = index; id < all; id += options.threads) add(id, id >= options.connections);
  not_ready_ = static_cast<std::uint32_t>(connections_.size());
  recorder_.result().open_loop = options.loop == LoadLoop::open;
}

void LoadThread::run(const std::function<void()>& on_change) {
  // The kernel may otherwise end a wait 50 us late, which an open loop would have to count as latency.
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  std::uint64_t now = monotonic_ns();
  for (; !finished(now); now = monotonic_ns()) {
    follow_phases(now);
    on_timers(now);
    open_some(now);
    sweep(now);
    if (backlog_) issue_due(now);
    if (not_ready_ == 0 && !ready()) {
      ready_.store(true, std::memory_order_release);  // pairs with ready(): what set-up recorded
      on_change();
    }
    for (const epoll_event& event : poller_.wait(time_left(now))) on_event(event.data.u64, event.events);
  }
  finish(now);
  done_.store(true, std::memory_order_release);  // pairs with done(): the result
  on_change();
}

void LoadThread::follow_phases(std::uint64_t now) {
  if (!began_ && phases_.load() <= now) {
    began_ = true;
    if (recorder_.result().open_loop) {
      const double rate = options_.rate / options_.threads;
      const auto offset = static_cast<std::uint64_t>(1e9 / options_.rate * index_);
      backlog_.emplace(
          options_.schedule != nullptr
              ? Arrivals(options_.schedule, index_, options_.threads, phases_.load())
              : Arrivals(options_.arrivals, rate, phases_.load() + offset, options_.seed + index_),
          left_);
    }
    for (std::uint32_t i = 0; i < connections_.size(); ++i) begin_requests(i, now);
  }
  if (!measuring_ && phases_.begin() <= now) {
    measuring_ = true;
    cpu_at_begin_ = thread_cpu_ns();
  }
  if (!measured_ && measuring_ && phases_.end() <= now) {
    measured_ = true;
    const auto wall = static_cast<double>(phases_.end() - phases_.begin());
    recorder_.result().client_cpu_fraction =
        static_cast<double>(thread_cpu_ns() - cpu_at_begin_) / std::max(wall, 1.0);
  }
  const bool all_made = began_ && (backlog_ ? backlog_->ended() : left_ == 0);
  if (!stopped_ && (phases_.end() <= now || all_made)) stop_issuing(now);
}

void LoadThread::stop_issuing(std::uint64_t now) {
  if (backlog_) {
    backlog_->take_up(std::min(now, phases_.end() - 1), phases_, recorder_.result());
    backlog_->close();
    recorder_.result().backlog_at_end = backlog_->count_measured(phases_);
  }
  stopped_ = true;
  drain_until_ = now + ns_of(options_.drain);
}

bool LoadThread::finished(std::uint64_t now) const noexcept {
  if (phases_.interrupted()) return true;
  if (!stopped_) return false;
  const bool drained = (under_way_ == 0 && (!backlog_ || backlog_->empty())) || now >= drain_until_;
  // The CPU time is read at the end of the measured time, which may come after the last answer.
  return drained && (measured_ || phases_.end() == LoadPhases::kNever);
}

void LoadThread::finish(std::uint64_t now) {
  LoadResult& result = recorder_.result();
  if (backlog_) result.never_sent = backlog_->count_measured(phases_);
  for (ClientConnection& connection : connections_) {
    if (connection.idle() && connection.state() == ClientConnection::State::open) ++result.idle_open_at_end;
    while (connection.under_way() != 0) settle_oldest(connection, Outcome::failed, "unanswered_at_end", now);
    if (!connection.idle()) result.served.add(connection.completed);
    connection.close(false);
  }
}

std::chrono::nanoseconds LoadThread::time_left(std::uint64_t now) const noexcept {
  std::uint64_t until = next_sweep_;
  if (!timers_.empty()) until = std::min(until, timers_.top().due_ns);
  if (backlog_) until = std::min(until, backlog_->next_due());
  if (stopped_) until = std::min(until, drain_until_);
  return std::chrono::nanoseconds(until > now ? until - now : 0);
}

void LoadThread::begin_requests(std::uint32_t index, std::uint64_t now) {
  ClientConnection& connection = connections_[index];
  if (connection.idle()) {
    if (connection.requests_made() == 0 && connection.can_send()) {
      issue(connection, now, now);
      send(index);
    }
    return;
  }
  if (!began_) return;
  if (recorder_.result().open_loop) {
    offer(index);
    return;
  }
  while (loading() && left_ != 0 && connection.can_send()) {
    --left_;
    issue(connection, now, now);
  }
  send(index);
}

void LoadThread::issue(ClientConnection& connection, std::uint64_t due, std::uint64_t now,
                       const ScheduledRequest* scheduled) {
  Exchange& exchange = connection.add();
  source_.make(exchange, connection.id(), connection.requests_made(), scheduled);
  if (connection.idle()) {
    exchange.hang_up_at.reset();
  } else {
    recorder_.issued();
  }
  exchange.due_ns = due;
  exchange.begun_ns = now;
  connection.added();
  ++under_way_;
}

void LoadThread::send(std::uint32_t index) {
  ClientConnection& connection = connections_[index];
  connection.flush();
  if (connection.under_way() == 1 && connection.oldest().leave_when_sent && !connection.wants_output()) {
    abandon(index, Outcome::hang_up, "", options_.hang_up.reset, monotonic_ns());
    return;
  }
  watch(index);
}

void LoadThread::offer(std::uint32_t index) {
  ClientConnection& connection = connections_[index];
  if (connection.in_free_list || !connection.can_send()) return;
  connection.in_free_list = true;
  free_list_.push_back(index);
}

void LoadThread::issue_due(std::uint64_t now) {
  if (!stopped_) backlog_->take_up(std::min(now, phases_.end() - 1), phases_, recorder_.result());
  while (!backlog_->empty() && !free_list_.empty()) {
    const std::uint32_t index = free_list_.front();
    free_list_.pop_front();
    ClientConnection& connection = connections_[index];
    connection.in_free_list = false;
    if (!connection.can_send()) continue;  // it was closed meanwhile
    const Backlog::Due due = backlog_->take_oldest();
    issue(connection, due.at_ns, std::max(due.at_ns, monotonic_ns()), due.request);
    send(index);
    offer(index);
  }
}

}  // namespace baton::load
