// Connections in memory as the pipeline's transport: scripted clients, a scripted origin, and the waiter
// between requests.
#pragma once

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/load/memory_client.hpp"
#include "harness/load/memory_origin.hpp"
#include "harness/load/memory_script.hpp"
#include "harness/pipeline/session_table.hpp"
#include "harness/pipeline/shared.hpp"

namespace baton::trial {

using load::MemoryBackend;
using load::MemoryClient;
using load::MemoryClientConnection;
using load::MemoryLocal;
using load::MemoryScript;

// Sessions of clients whose next request is due go to the thread pools at once; for the others its thread
// keeps a heap.
template <class Shared>
class MemoryWaiter {
  using Session = typename Shared::SessionType;

 public:
  explicit MemoryWaiter(Shared& shared) : shared_(shared) {
    shared_.transport.clock().gate.on_open([this] { release_held(); });
  }
  MemoryWaiter(const MemoryWaiter&) = delete;
  MemoryWaiter& operator=(const MemoryWaiter&) = delete;
  ~MemoryWaiter() {
    shared_.transport.clock().gate.on_open({});
    table_.for_each([this](Session* session) { destroy(session); });
  }

  void run() {
    for (MemoryClient& client : shared_.transport.clients()) {
      open(client);
    }
    std::unique_lock lock(mutex_);
    all_opened_ = true;
    drained_.notify_all();
    while (!finished_) {
      if (due_.empty()) {
        wake_.wait(lock);
        continue;
      }
      const Due next = due_.top();
      const std::uint64_t now = clock_.ticks();
      if (next.at > now && !draining_) {
        wake_.wait_for(lock, std::chrono::nanoseconds(clock_.ticks_to_ns(next.at - now)));
        continue;
      }
      due_.pop();
      next.session->quiet = false;
      lock.unlock();
      if (!shared_.pools[next.session->pool].submit(next.session)) {
        watch_until(*next.session, clock_.ticks() + clock_.ns_to_ticks(kFullQueuePause));
      }
      lock.lock();
    }
  }

  void watch(Session& session) {
    if (shared_.transport.clock().gate.closed() && hold(session)) {
      return;
    }
    const std::uint64_t due = session.connection.client().due();
    if (due <= clock_.ticks() && shared_.pools[session.pool].submit(&session)) {
      return;
    }
    watch_until(session, due);
  }
  void close(Session& session) {
    MemoryClient& client = session.connection.client();
    client.closed();
    const bool again = client.due() != 0 || client.gone();
    {
      const std::lock_guard lock(mutex_);
      destroy(&session);
    }
    if (again) {
      open(client);
    }
  }

  void begin_drain() {
    for (MemoryClient& client : shared_.transport.clients()) {
      client.stop();
    }
    shared_.transport.clock().gate.open();
    const std::lock_guard lock(mutex_);
    draining_ = true;
    wake_.notify_all();
  }
  void wait_drained(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    // A pipeline may be stopped before its last client came.
    drained_.wait_for(lock, timeout, [this] { return all_opened_ && table_.size() == 0; });
  }
  void finish() {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    wake_.notify_all();
  }

 private:
  static constexpr std::uint64_t kFullQueuePause = 1'000'000;  // ns
  struct Due {
    std::uint64_t at;
    Session* session;
    friend bool operator>(const Due& left, const Due& right) noexcept { return left.at > right.at; }
  };

  void open(MemoryClient& client) {
    client.connect();
    auto session = std::make_unique<Session>(
        shared_.strategy, MemoryClientConnection(client, shared_.settings.waiting, shared_.settings.linger),
        next_pool_++ % shared_.settings.pools);
    Session* opened = session.get();
    {
      const std::lock_guard lock(mutex_);
      if (draining_) {
        return;  // whoever waits for the last session does not see one that comes now
      }
      table_.add(session.release());
      shared_.open_sessions.fetch_add(1, std::memory_order_relaxed);  // a count
    }
    watch(*opened);
  }
  // True: the gate is closed, and its opening lets the session go on.
  bool hold(Session& session) {
    const std::lock_guard lock(mutex_);  // so that release_held finds what the gate has counted
    if (!shared_.transport.clock().gate.hold()) {
      return false;
    }
    session.quiet = true;
    held_.push_back(&session);
    return true;
  }
  void release_held() {
    std::vector<Session*> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (Session* session : held) {
      session->quiet = false;
      session->connection.client().resume();
      if (!shared_.pools[session->pool].submit(session)) {
        watch_until(*session, clock_.ticks() + clock_.ns_to_ticks(kFullQueuePause));
      }
    }
  }
  void watch_until(Session& session, std::uint64_t at) {
    const std::lock_guard lock(mutex_);
    session.quiet = true;
    due_.push({.at = at, .session = &session});
    wake_.notify_all();
  }
  // With the lock held, and nobody serving the session.
  void destroy(Session* session) {
    table_.remove(session);
    delete session;
    shared_.open_sessions.fetch_sub(1, std::memory_order_relaxed);  // a count
    if (table_.size() == 0) {
      drained_.notify_all();
    }
  }

  Shared& shared_;
  const TickClock& clock_ = TickClock::shared();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable drained_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<Session*> held_;
  pipeline::SessionTable<Session> table_;
  std::atomic<std::uint32_t> next_pool_{0};
  bool all_opened_ = false;  // no further client comes but those that hung up
  bool draining_ = false;
  bool finished_ = false;
};

class MemoryTransport {
 public:
  using ClientConnection = MemoryClientConnection;
  using BackendConnection = MemoryBackend;
  using Local = MemoryLocal;
  template <class SharedType>
  using Waiter = MemoryWaiter<SharedType>;

  MemoryTransport(MemoryScript script, std::uint32_t client_workers)
      : script_(std::move(script)), locals_(client_workers) {
    if (script_.schedule != nullptr) scheduled_.emplace(script_.schedule);
    for (std::uint32_t i = 0; i < script_.connections; ++i) {
      clients_.emplace_back(script_, clock_, i, scheduled_ ? &*scheduled_ : nullptr);
    }
  }

  [[nodiscard]] static std::string_view authority() noexcept { return "origin.example"; }
  [[nodiscard]] Local& local(std::uint32_t worker) noexcept { return locals_[worker]; }
  static void serving(ClientConnection& connection, Local& local) noexcept {
    connection.client().serve_on(local);
  }
  [[nodiscard]] pipeline::Backend<BackendConnection> connect_backend(
      const pipeline::Settings& settings) noexcept {
    if (load::refuses(script_.faults.refuse, connects_.fetch_add(1, std::memory_order_relaxed))) {  // a count
      return {.connection = {}, .error = ECONNREFUSED};
    }
    return {.connection = MemoryBackend(script_, settings.waiting, settings.hangup_check), .error = 0};
  }
  [[nodiscard]] std::deque<MemoryClient>& clients() noexcept { return clients_; }
  [[nodiscard]] const std::deque<Local>& locals() const noexcept {
    return locals_;
  }  // exact after the workers have ended
  [[nodiscard]] load::RunClock& clock() noexcept { return clock_; }

 private:
  MemoryScript script_;
  load::RunClock clock_;
  std::optional<load::ScheduleCursor> scheduled_;
  std::atomic<std::uint64_t> connects_{0};
  std::deque<MemoryClient> clients_;
  std::deque<Local> locals_;
};

}  // namespace baton::trial
