// The origin: an HTTP/1.1 server whose answers are predictable to the byte and misbehave on demand
// (origin_target.hpp).
//
// One thread, epoll. The head and the beginning of the body leave in one system call; nginx sends a file's
// head and body in two, which the key two_writes imitates.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <thread>
#include <vector>

#include "harness/load/origin_connection.hpp"
#include "harness/net/address.hpp"
#include "harness/net/fd.hpp"
#include "harness/net/poller.hpp"
#include "harness/net/tcp.hpp"

namespace baton::load {

struct OriginCounts {
  std::uint64_t connections = 0;  // accepted
  std::uint64_t open = 0;         // of them, now
  std::uint64_t requests = 0;     // answered or being answered, those refused included
};

class Origin {
 public:
  // Listens from now on. Throws std::system_error.
  explicit Origin(const net::Address& listen, int backlog = 4096);
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;
  ~Origin();  // stops

  [[nodiscard]] const net::Address& address() const noexcept { return address_; }
  [[nodiscard]] std::uint16_t port() const noexcept { return address_.port(); }
  // Any thread; exact when nothing is being served.
  [[nodiscard]] OriginCounts counts() const noexcept;

  // Serves on the calling thread until request_stop(); closes all connections and the listening socket then.
  void run();
  void request_stop() noexcept;  // any thread; async-signal-safe

  void start();  // run() on a thread of its own
  void stop();   // ends that thread and waits for it

 private:
  using Clock = std::chrono::steady_clock;
  struct Slot {
    std::unique_ptr<OriginConnection> connection;
    std::uint32_t generation = 0;  // tells a timer or an event of an earlier connection in this slot
    std::uint32_t events = 0;      // what epoll watches for
    Wish::For waits_for = Wish::For::input;
  };
  struct Timer {
    Clock::time_point due;
    std::uint64_t tag;
    friend bool operator>(const Timer& left, const Timer& right) noexcept { return left.due > right.due; }
  };

  void accept_some();
  void on_event(std::uint64_t tag, std::uint32_t events);
  void on_timers();
  void drive(std::uint32_t index);
  void close(std::uint32_t index, bool reset);
  [[nodiscard]] std::uint64_t tag_of(std::uint32_t index) const noexcept;
  [[nodiscard]] Slot* find(std::uint64_t tag) noexcept;  // nullptr: that connection is gone

  net::Fd listener_;
  net::Address address_;
  net::Poller poller_;
  bool accepting_ = true;  // false while there are no descriptors left
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;

  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> connections_{0};
  std::atomic<std::uint64_t> open_{0};
  std::atomic<std::uint64_t> requests_{0};
  std::thread thread_;
};

}  // namespace baton::load
