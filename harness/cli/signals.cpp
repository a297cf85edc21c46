#include "harness/cli/signals.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <string_view>

namespace baton::cli {
namespace {

sigset_t end_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);  // the terminal is gone
  return set;
}

// Only what is safe in a signal handler.
void end_at_once(int /*signal*/) {
  constexpr std::string_view kWhy = "a second signal: ended without draining\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kWhy.data(), kWhy.size());
  ::_exit(1);
}

}  // namespace

void block_signals() {
  sigset_t set = end_signals();
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Signal wait_for_signal() {
  const sigset_t set = end_signals();
  sigset_t waited = set;
  sigaddset(&waited, SIGUSR1);
  int signal = 0;
  sigwait(&waited, &signal);
  if (signal == SIGUSR1) {
    return Signal::show;
  }
  struct sigaction action {};
  action.sa_handler = end_at_once;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  return Signal::end;
}

}  // namespace baton::cli
