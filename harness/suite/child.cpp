#include "harness/suite/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "harness/net/fd.hpp"
#include "harness/trial/allocator_choice.hpp"
#include "harness/trial/set_up.hpp"

extern char** environ;  // NOLINT: POSIX

namespace baton::suite {

namespace {

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

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return fmt::format("ended by signal {} ({}){}", signal, ::strsignal(signal),
                       WCOREDUMP(status) ? ", core kept" : "");
  }
  return fmt::format("ended with exit code {} and without a record", WEXITSTATUS(status));
}

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
      const ssize_t written = ::write(in.get(), input.data(), input.size());
      input.remove_prefix(written > 0 ? static_cast<std::size_t>(written)
                                      : input.size());  // a child that does not read ends
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

}  // namespace

ChildResult run_child(const trial::TrialSpec& spec, std::chrono::seconds timeout) {
  Pipe in;
  Pipe out;
  Pipe err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  std::vector<std::string> variables =
      trial::environment_with(trial::parse_allocator(spec.config.allocator), environ);
  std::vector<char*> environment;
  for (std::string& variable : variables) {
    environment.push_back(variable.data());
  }
  environment.push_back(nullptr);
  std::string program = "/proc/self/exe";
  std::string command = "trial";
  std::array<char*, 3> arguments{program.data(), command.data(), nullptr};
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "starting a trial");
  }
  in.read.reset();
  out.write.reset();
  err.write.reset();

  ChildResult result;
  std::string output;
  const std::string input = trial::to_json(spec).dump();
  const bool in_time = talk(in.write, input, out.read, output, err.read, result.messages,
                            std::chrono::steady_clock::now() + timeout);
  if (!in_time) {
    ::kill(child, SIGKILL);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    nlohmann::json record = nlohmann::json::parse(line, nullptr, false);
    if (!record.is_discarded()) {
      result.records.push_back(std::move(record));
    }
  }
  if (!in_time) {
    result.failure = fmt::format("killed: no record within {} s", timeout.count());
  } else if (result.records.size() != trial::members_of(spec).size()) {
    result.failure = how_it_ended(status);
  }
  if (!result.failure.empty()) {
    result.records.clear();
  }
  return result;
}

int serve_as_child() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a run that is killed leaves no trial behind
  trial::handle_interrupts();
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  const trial::TrialSpec spec = trial::spec_from_json(nlohmann::json::parse(input));
  for (const nlohmann::json& record : trial::run_trial(spec)) {
    std::cout << record.dump() << '\n';
  }
  std::cout << std::flush;
  return std::cout ? 0 : 1;
}

}  // namespace baton::suite
