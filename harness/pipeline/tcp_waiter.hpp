// The waiter for sockets: accepts, watches quiet sessions with epoll, and hands ready ones to the thread
// pools.
#pragma once

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <system_error>

#include "harness/http/forward.hpp"
#include "harness/net/fd.hpp"
#include "harness/net/tcp.hpp"
#include "harness/net/tcp_connection.hpp"
#include "harness/pipeline/session_table.hpp"

namespace baton::pipeline {

template <class Shared>
class TcpWaiter {
  using Session = typename Shared::SessionType;
  using Clock = std::chrono::steady_clock;

 public:
  explicit TcpWaiter(Shared& shared)
      : shared_(shared),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!epoll_ || !wake_) {
      throw std::system_error(errno, std::generic_category(), "the waiter's descriptors");
    }
    listen_for(wake_.get(), &wake_);
    net::set_nonblocking(shared_.transport.listener(), true);
    listen_for(shared_.transport.listener(), this);
  }
  TcpWaiter(const TcpWaiter&) = delete;
  TcpWaiter& operator=(const TcpWaiter&) = delete;
  ~TcpWaiter() {
    table_.for_each([this](Session* session) { destroy(session); });
  }

  void run() {
    std::array<epoll_event, 256> events;
    Clock::time_point next_sweep = Clock::now() + kSweep;
    while (!finished_.load(std::memory_order_acquire)) {  // pairs with finish()
      const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                     accept_paused_ ? kRetryAcceptMs : kSweepMs);
      for (int i = 0; i < count; ++i) {
        void* what = events[static_cast<std::size_t>(i)].data.ptr;
        if (what == this) {
          accept_all();
        } else if (what == &wake_) {
          eventfd_t value = 0;
          ::eventfd_read(wake_.get(), &value);
        } else {
          ready(static_cast<Session*>(what), events[static_cast<std::size_t>(i)].events);
        }
      }
      if (accept_paused_ && !draining_.load(std::memory_order_acquire)) {
        accept_all();
      }
      if (draining_.load(std::memory_order_acquire) ||
          Clock::now() >= next_sweep) {  // pairs with begin_drain()
        sweep();
        next_sweep = Clock::now() + kSweep;
      }
    }
  }

  // From the worker that served it; it may be served again before this returns.
  void watch(Session& session) {
    const std::lock_guard lock(mutex_);
    if (draining_.load(std::memory_order_relaxed)) {  // set under this lock
      destroy(&session);
      return;
    }
    session.quiet = true;
    session.quiet_since = Clock::now();
    epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data = {.ptr = &session}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, session.connection.fd(), &event) != 0) {
      destroy(&session);  // nobody would ever hear of it again
    }
  }
  void close(Session& session) {
    const std::lock_guard lock(mutex_);
    destroy(&session);
  }

  void begin_drain() {
    {
      const std::lock_guard lock(mutex_);
      draining_.store(true, std::memory_order_release);
    }
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, shared_.transport.listener(), nullptr);
    ::eventfd_write(wake_.get(), 1);
  }
  void wait_drained(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    if (!drained_.wait_for(lock, timeout, [this] { return table_.size() == 0; })) {
      table_.for_each([](Session* session) { session->connection.interrupt(); });
      drained_.wait_for(lock, kAfterInterrupt, [this] { return table_.size() == 0; });
    }
  }
  void finish() {
    finished_.store(true, std::memory_order_release);
    ::eventfd_write(wake_.get(), 1);
  }

 private:
  static constexpr int kSweepMs = 1000;
  static constexpr int kRetryAcceptMs = 20;
  static constexpr std::chrono::milliseconds kSweep{kSweepMs};
  static constexpr std::chrono::seconds kAfterInterrupt{60};

  void listen_for(int fd, void* tag) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = tag}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
  }

  void accept_all() {
    accept_paused_ = false;
    while (!draining_.load(std::memory_order_relaxed)) {
      if (shared_.open_sessions.load(std::memory_order_relaxed) >= most_sessions_) {  // a count
        pause_accepting();
        return;
      }
      net::Connected accepted = net::accept_tcp(shared_.transport.listener(), net::Blocking::yes);
      if (accepted.error != 0) {
        // Without descriptors the connection stays in the backlog, and the listener stays readable: look
        // again in a moment.
        if (accepted.error == EMFILE || accepted.error == ENFILE || accepted.error == ENOBUFS ||
            accepted.error == ENOMEM) {
          pause_accepting();
        } else {
          rearm_listener(true);
        }
        return;
      }
      add(std::move(accepted.fd));
    }
  }
  void pause_accepting() {
    accept_paused_ = true;
    shared_.transport.accept_failures.fetch_add(1, std::memory_order_relaxed);  // a count
    rearm_listener(false);
  }
  // Clients may not take the descriptors that their requests need for the origin: one for each fetch slot.
  [[nodiscard]] std::size_t most_sessions() const {
    const std::uint64_t free = net::free_descriptors();
    const std::uint64_t origin = shared_.settings.client_workers + shared_.settings.fetch_workers;
    return free > origin ? static_cast<std::size_t>(free - origin) : 1;
  }
  void rearm_listener(bool on) {
    epoll_event event{.events = on ? static_cast<std::uint32_t>(EPOLLIN) : 0U, .data = {.ptr = this}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, shared_.transport.listener(), &event);
  }

  void add(net::Fd socket) {
    const std::uint32_t limit = shared_.settings.max_sessions;
    net::TcpConnection connection(std::move(socket));
    net::set_nodelay(connection.fd());
    connection.set_slices(slice(), shared_.settings.client_timeout);
    if (limit != 0 && shared_.open_sessions.load(std::memory_order_relaxed) >= limit) {
      refuse(connection, "too many connections");
      return;
    }
    auto session = std::make_unique<Session>(shared_.strategy, std::move(connection),
                                             next_pool_++ % shared_.settings.pools);
    const std::lock_guard lock(mutex_);
    shared_.open_sessions.fetch_add(1, std::memory_order_relaxed);
    session->quiet = true;
    session->quiet_since = Clock::now();
    epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data = {.ptr = session.get()}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, session->connection.fd(), &event) == 0) {
      table_.add(session.release());
    } else {
      shared_.open_sessions.fetch_sub(1, std::memory_order_relaxed);
    }
  }
  // How long a worker's read of a client blocks: its lingering.
  [[nodiscard]] std::chrono::milliseconds slice() const noexcept {
    return shared_.settings.linger.count() > 0 ? shared_.settings.linger : std::chrono::milliseconds(1);
  }

  void ready(Session* session, std::uint32_t events) {
    {
      const std::lock_guard lock(mutex_);  // also waits for a watch() of this session to be through
      session->quiet = false;
      if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        destroy(session);
        return;
      }
    }
    if (!shared_.pools[session->pool].submit(session)) {
      refuse(session->connection, "the dispatch queue is full");
      close(*session);
    }
  }
  // Never blocks: the answer is small, and a client that cannot take it at once goes without.
  void refuse(net::TcpConnection& connection, std::string_view why) {
    shared_.transport.refused.fetch_add(1, std::memory_order_relaxed);  // a count
    std::array<char, 512> memory;
    http::HeadWriter out(memory.data(), memory.size());
    http::write_error_response(out, 503, why, false, false);
    ::send(connection.fd(), out.written().data(), out.written().size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(connection.fd(), SHUT_WR);
    std::array<char, 2048> unread;  // so that closing does not reset the connection before the answer is read
    while (::recv(connection.fd(), unread.data(), unread.size(), MSG_DONTWAIT) > 0) {
    }
  }

  void sweep() {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = Clock::now();
    const bool all = draining_.load(std::memory_order_relaxed);
    table_.for_each([&](Session* session) {
      if (session->quiet && (all || now - session->quiet_since >= shared_.settings.idle_timeout)) {
        destroy(session);
      }
    });
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
  net::Fd epoll_;
  net::Fd wake_;
  std::mutex mutex_;
  std::condition_variable drained_;
  SessionTable<Session> table_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> finished_{false};
  const std::size_t most_sessions_ = most_sessions();
  bool accept_paused_ = false;   // the waiter thread's
  std::uint32_t next_pool_ = 0;  // the waiter thread's
};

}  // namespace baton::pipeline
