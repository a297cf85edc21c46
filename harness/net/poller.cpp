#include "harness/net/poller.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace baton::net {

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!epoll_ || !wake_ || add(wake_.get(), EPOLLIN, kWakeTag) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make an epoll");
  }
}

int Poller::add(int fd, std::uint32_t events, std::uint64_t tag) noexcept {
  epoll_event event{.events = events, .data = {.u64 = tag}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

int Poller::change(int fd, std::uint32_t events, std::uint64_t tag) noexcept {
  epoll_event event{.events = events, .data = {.u64 = tag}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0 ? 0 : errno;
}

void Poller::remove(int fd) noexcept { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const epoll_event> Poller::wait(std::optional<std::chrono::nanoseconds> timeout) noexcept {
  constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
  timespec limit{};
  if (timeout) {
    const std::int64_t ns = std::max<std::int64_t>(timeout->count(), 0);
    limit = {.tv_sec = ns / kNanosPerSecond, .tv_nsec = ns % kNanosPerSecond};
  }
  const int ready = ::epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(events_.size()),
                                   timeout ? &limit : nullptr, nullptr);
  if (ready <= 0) return {};
  const std::span<const epoll_event> events(events_.data(), static_cast<std::size_t>(ready));
  for (const epoll_event& event : events) {
    if (event.data.u64 == kWakeTag) swallow_wake_ups();
  }
  return events;
}

void Poller::wake() noexcept {
  const std::uint64_t one = 1;
  // A full counter (EAGAIN) has long been a wake-up that nobody has read.
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

void Poller::swallow_wake_ups() noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &count, sizeof count);
}

}  // namespace baton::net
