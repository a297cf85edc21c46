#include "harness/trial/forked.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>

namespace baton::trial {

namespace {

std::array<net::Fd, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  return {net::Fd(ends[0]), net::Fd(ends[1])};
}

}  // namespace

Forked::Forked(const std::function<void(Ends)>& body) {
  auto down = make_pipe();
  auto up = make_pipe();
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) {
    throw std::system_error(errno, std::generic_category(), "fork");
  }
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
      ::_exit(1);  // it died before we could ask to be told
    }
    ::signal(SIGINT, SIG_IGN);
    ::signal(SIGTERM, SIG_IGN);
    ::signal(SIGHUP, SIG_IGN);
    int code = 0;
    try {
      body({.from_parent = down[0].get(), .to_parent = up[1].get()});
    } catch (const std::exception& error) {
      std::fprintf(stderr, "a trial's helper process: %s\n", error.what());
      code = 1;
    }
    ::_exit(code);
  }
  to_child_ = std::move(down[1]);
  from_child_ = std::move(up[0]);
}

Forked::~Forked() {
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

void Forked::send(std::string_view line) const { write_line(to_child_.get(), line); }

std::optional<std::string> Forked::receive_line(std::chrono::nanoseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    if (const std::size_t end = buffered_.find('\n'); end != std::string::npos) {
      std::string line = buffered_.substr(0, end);
      buffered_.erase(0, end + 1);
      return line;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())
            .count();
    pollfd polled{.fd = from_child_.get(), .events = POLLIN, .revents = 0};
    if (closed_ || left < 0 || ::poll(&polled, 1, static_cast<int>(left)) <= 0) {
      return std::nullopt;
    }
    std::array<char, 65536> bytes;
    const ssize_t got = ::read(from_child_.get(), bytes.data(), bytes.size());
    if (got > 0) {
      buffered_.append(bytes.data(), static_cast<std::size_t>(got));
    } else if (got == 0) {
      closed_ = true;
    }
  }
}

void Forked::write_line(int fd, std::string_view line) {
  std::string text(line);
  text += '\n';
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t written = ::write(fd, left.data(), left.size());
    if (written < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "writing to another process of the trial");
    }
    left.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
}

void Forked::wait_for_line(int fd) {
  char byte = 0;
  while (::read(fd, &byte, 1) == 1 && byte != '\n') {
  }
}

}  // namespace baton::trial
