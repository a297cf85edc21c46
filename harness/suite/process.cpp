#include "harness/suite/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "harness/net/fd.hpp"

namespace baton::suite {

namespace {

// To a child's standard input: a socket, since writing to a pipe whose reader has ended would end this
// process.
struct Input {
  net::Fd read;
  net::Fd write;
  Input() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw std::system_error(errno, std::generic_category(), "socketpair");
    }
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
};

struct Pipe {
  net::Fd read;
  net::Fd write;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe");
    }
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
};

// Feeds `input` and collects both outputs until they close or the time is up. False: time is up.
bool talk(net::Fd& in, std::string_view input, net::Fd& out, std::string& output, net::Fd& err,
          std::string& messages, std::chrono::steady_clock::time_point deadline) {
  while (out || err) {
    std::array<pollfd, 3> polled{{{.fd = in.get(), .events = POLLOUT, .revents = 0},
                                  {.fd = out.get(), .events = POLLIN, .revents = 0},
                                  {.fd = err.get(), .events = POLLIN, .revents = 0}}};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())
            .count();
    if (left <= 0) {
      return false;
    }
    if (::poll(polled.data(), polled.size(), static_cast<int>(left)) < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    if (in && polled[0].revents != 0) {
      const ssize_t written = ::send(in.get(), input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      const bool later = written < 0 && errno == EAGAIN;
      if (!later) {
        input.remove_prefix(written > 0 ? static_cast<std::size_t>(written)
                                        : input.size());  // a child that does not read ends
      }
      if (input.empty()) {
        in.reset();
      }
    }
    const auto collect = [](net::Fd& from, short events, std::string& into) {
      std::array<char, 65536> bytes;
      if (from && events != 0) {
        const ssize_t got = ::read(from.get(), bytes.data(), bytes.size());
        if (got > 0) {
          into.append(bytes.data(), static_cast<std::size_t>(got));
        } else {
          from.reset();
        }
      }
    };
    collect(out, polled[1].revents, output);
    collect(err, polled[2].revents, messages);
  }
  return true;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ProcessResult run_process(std::vector<std::string> arguments, std::vector<std::string> environment,
                          std::string_view input, std::chrono::seconds timeout) {
  Input in;
  Pipe out;
  Pipe err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments.front().c_str(), &actions, nullptr,
                                   pointers_to(arguments).data(), pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "starting " + arguments.front());
  }
  in.read.reset();
  out.write.reset();
  err.write.reset();

  ProcessResult result;
  result.in_time = talk(in.write, input, out.read, result.output, err.read, result.messages,
                        std::chrono::steady_clock::now() + timeout);
  if (!result.in_time) {
    ::kill(child, SIGKILL);
  }
  while (::waitpid(child, &result.status, 0) < 0 && errno == EINTR) {
  }
  return result;
}

}  // namespace baton::suite
