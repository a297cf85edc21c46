// One thread's epoll: level-triggered readiness of many sockets, and a wake-up from other threads.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/net/fd.hpp"

namespace baton::net {

// Made, changed and waited on by one thread; wake() by any thread and by signal handlers.
class Poller {
 public:
  // No tag that the user gives may be this one.
  static constexpr std::uint64_t kWakeTag = ~std::uint64_t{0};

  Poller();  // throws std::system_error

  // `events` as for epoll_ctl (0: only errors and full hang-ups are told). Return errno, 0 for success.
  int add(int fd, std::uint32_t events, std::uint64_t tag) noexcept;
  int change(int fd, std::uint32_t events, std::uint64_t tag) noexcept;
  void remove(int fd) noexcept;

  // What is ready, after at most `timeout` (nothing: until something is); empty on time-out, and after a
  // signal. A wake() shows once, as an event tagged kWakeTag. Valid until the next call.
  std::span<const epoll_event> wait(std::optional<std::chrono::nanoseconds> timeout) noexcept;

  void wake() noexcept;  // async-signal-safe

 private:
  void swallow_wake_ups() noexcept;

  Fd epoll_;
  Fd wake_;
  std::array<epoll_event, 256> events_;
};

}  // namespace baton::net
