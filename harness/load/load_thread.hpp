// One thread of the load client: an epoll loop over its share of the connections.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <random>
#include <string_view>
#include <vector>

#include "harness/http/head.hpp"
#include "harness/load/backlog.hpp"
#include "harness/load/client_connection.hpp"
#include "harness/load/load_options.hpp"
#include "harness/load/load_phases.hpp"
#include "harness/load/recorder.hpp"
#include "harness/load/request_source.hpp"
#include "harness/net/poller.hpp"

namespace baton::load {

class LoadThread {
 public:
  // Thread `index` of options.threads. Both references outlive it. Throws std::system_error.
  LoadThread(const LoadOptions& options, const LoadPhases& phases, std::uint32_t index);

  // The thread's body: opens connections, waits for the load to begin, makes requests until the end of the
  // measured time or of its share of the requests, and waits for what is under way. `on_change` is called
  // when ready() or done() changed.
  void run(const std::function<void()>& on_change);
  void wake() noexcept { poller_.wake(); }  // any thread: look at the phases

  // Any thread.
  [[nodiscard]] bool ready() const noexcept {
    return ready_.load(std::memory_order_acquire);
  }  // pairs with run()'s release
  [[nodiscard]] bool done() const noexcept {
    return done_.load(std::memory_order_acquire);
  }  // pairs with run()'s release
  // After run().
  [[nodiscard]] LoadResult& result() noexcept { return recorder_.result(); }

 private:
  using Outcome = AnswerReader::Outcome;
  struct Timer {
    enum class What : std::uint8_t { next_request, open, read };
    std::uint64_t due_ns;
    std::uint32_t index;
    std::uint32_t generation;
    What what;
    friend bool operator>(const Timer& left, const Timer& right) noexcept {
      return left.due_ns > right.due_ns;
    }
  };

  // Phases.
  void follow_phases(std::uint64_t now);
  void stop_issuing(std::uint64_t now);
  [[nodiscard]] bool loading() const noexcept { return began_ && !stopped_; }
  [[nodiscard]] bool finished(std::uint64_t now) const noexcept;
  void finish(std::uint64_t now);
  [[nodiscard]] std::chrono::nanoseconds time_left(std::uint64_t now) const noexcept;

  // Connections.
  void open_some(std::uint64_t now);
  void on_event(std::uint64_t tag, std::uint32_t events);
  void on_connected(std::uint32_t index);
  void on_readable(std::uint32_t index);
  bool take_answers(std::uint32_t index, std::string_view bytes, std::uint64_t now);  // false: reopened
  void on_server_closed(std::uint32_t index, std::uint64_t now);
  void on_timers(std::uint64_t now);
  void sweep(std::uint64_t now);  // time-outs
  void not_connected(std::uint32_t index, int error, std::uint64_t now);
  void settle_oldest(ClientConnection& connection, Outcome outcome, std::string_view reason,
                     std::uint64_t now);
  void abandon(std::uint32_t index, Outcome outcome, std::string_view reason, bool reset, std::uint64_t now);
  void reopen(std::uint32_t index);
  void mark_ready(ClientConnection& connection);
  void watch(std::uint32_t index);

  // Requests.
  void begin_requests(std::uint32_t index, std::uint64_t now);  // the connection can send
  void issue(ClientConnection& connection, std::uint64_t due, std::uint64_t now,
             const ScheduledRequest* scheduled = nullptr);
  void send(std::uint32_t index);
  void offer(std::uint32_t index);  // open loop: the connection has room
  void issue_due(std::uint64_t now);

  const LoadOptions& options_;
  const LoadPhases& phases_;
  std::uint32_t index_;
  net::Poller poller_;
  Recorder recorder_;
  RequestSource source_;
  http::ResponseParser parser_;
  std::vector<char> input_;
  std::vector<ClientConnection> connections_;
  std::deque<std::uint32_t> to_open_;
  std::uint32_t connecting_ = 0;
  std::uint32_t not_ready_ = 0;
  std::uint64_t under_way_ = 0;  // requests, idle connections' included
  std::uint64_t left_;           // requests that may still be issued
  std::mt19937_64 random_;       // think times, lengths of connections
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::optional<Backlog> backlog_;       // open loop
  std::deque<std::uint32_t> free_list_;  // open loop: connections with room, the longest unused first
  std::uint64_t next_sweep_ = 0;
  std::uint64_t drain_until_ = 0;
  std::uint64_t cpu_at_begin_ = 0;
  bool began_ = false;
  bool measuring_ = false;
  bool measured_ = false;
  bool stopped_ = false;
  std::atomic<bool> ready_{false};
  std::atomic<bool> done_{false};
};

}  // namespace baton::load
