#include "harness/net/tcp.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <limits>
#include <system_error>

namespace baton::net {
namespace {

template <class Value>
int set_option(int fd, int level, int name, const Value& value) noexcept {
  return ::setsockopt(fd, level, name, &value, sizeof value) == 0 ? 0 : errno;
}

int set_timeout(int fd, int name, std::chrono::microseconds timeout) noexcept {
  constexpr std::int64_t kMicrosPerSecond = 1'000'000;
  return set_option(
      fd, SOL_SOCKET, name,
      timeval{.tv_sec = timeout.count() / kMicrosPerSecond, .tv_usec = timeout.count() % kMicrosPerSecond});
}

// poll() that survives signals without waiting longer for it. 0: timed out.
int poll_until(pollfd& what, std::chrono::steady_clock::time_point deadline) noexcept {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const int wait = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
    const int ready = ::poll(&what, 1, wait);
    if (ready >= 0 || errno != EINTR) return ready;
  }
}

}  // namespace

Fd listen_tcp(const Address& address, int backlog) {
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw std::system_error(errno, std::generic_category(), "cannot make a socket");
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(fd.get(), address.data(), address.size()) != 0 || ::listen(fd.get(), backlog) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            fmt::format("cannot listen on {}", address.to_string()));
  }
  return fd;
}

Address local_address(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd, std::bit_cast<sockaddr*>(&storage), &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot read a socket's own address");
  }
  return Address::from_kernel(storage);
}

Connected begin_connect_tcp(const Address& address) noexcept {
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return {Fd(), errno};
  if (::connect(fd.get(), address.data(), address.size()) != 0 && errno != EINPROGRESS) return {Fd(), errno};
  return {std::move(fd), 0};
}

Connected connect_tcp(const Address& address, std::chrono::milliseconds timeout) noexcept {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  Connected connected = begin_connect_tcp(address);
  if (connected.error != 0) return connected;
  pollfd writable{.fd = connected.fd.get(), .events = POLLOUT, .revents = 0};
  const int ready = poll_until(writable, deadline);
  int error = ready < 0 ? errno : ETIMEDOUT;
  if (ready > 0) error = pending_error(connected.fd.get());
  if (error == 0) error = set_nonblocking(connected.fd.get(), false);
  if (error != 0) return {Fd(), error};
  return connected;
}

int pending_error(int fd) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Connected accept_tcp(int listener, Blocking blocking) noexcept {
  const int flags = SOCK_CLOEXEC | (blocking == Blocking::no ? SOCK_NONBLOCK : 0);
  for (;;) {
    Fd fd(::accept4(listener, nullptr, nullptr, flags));
    if (fd) return {std::move(fd), 0};
    // A connection that was reset while it waited is no reason to stop accepting.
    if (errno != EINTR && errno != ECONNABORTED) return {Fd(), errno};
  }
}

int set_nonblocking(int fd, bool on) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return errno;
  const int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  return wanted == flags || ::fcntl(fd, F_SETFL, wanted) == 0 ? 0 : errno;
}

int set_nodelay(int fd) noexcept { return set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); }
int set_receive_timeout(int fd, std::chrono::microseconds timeout) noexcept {
  return set_timeout(fd, SO_RCVTIMEO, timeout);
}
int set_send_timeout(int fd, std::chrono::microseconds timeout) noexcept {
  return set_timeout(fd, SO_SNDTIMEO, timeout);
}
int set_reset_on_close(int fd) noexcept {
  return set_option(fd, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
}

bool peer_hung_up(int fd) noexcept {
  pollfd what{.fd = fd, .events = POLLRDHUP, .revents = 0};
  return ::poll(&what, 1, 0) > 0;  // POLLHUP, POLLERR and POLLNVAL are always reported
}

void shutdown_both(int fd) noexcept { ::shutdown(fd, SHUT_RDWR); }

std::uint64_t free_descriptors() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::numeric_limits<std::int32_t>::max();
  }
  std::uint64_t open = 0;
  if (DIR* directory = ::opendir("/proc/self/fd")) {
    while (::readdir(directory) != nullptr) ++open;
    ::closedir(directory);
    open -= 3;  // ".", ".." and the directory itself
  }
  return limit.rlim_cur > open ? limit.rlim_cur - open : 0;
}

std::uint64_t raise_open_file_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace baton::net
