// A helper process of a trial, so that what clients and origin use is not counted to the pipeline.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "harness/net/fd.hpp"

namespace baton::trial {

// Forked while the process has one thread; runs `body` and leaves. Dies with its parent, ignores Ctrl-C (the
// parent decides), and is killed by the destructor if it is still there.
class Forked {
 public:
  struct Ends {
    int from_parent;
    int to_parent;
  };
  // Throws std::system_error. An exception of `body` goes to standard error and ends the process with exit
  // code 1.
  explicit Forked(const std::function<void(Ends)>& body);
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;
  ~Forked();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  void send(std::string_view line) const;
  // The next line without its end; nullopt if none came in time. `closed()` tells whether one can still come.
  std::optional<std::string> receive_line(std::chrono::nanoseconds timeout);
  [[nodiscard]] bool closed() const noexcept { return closed_; }

  // In the child.
  static void write_line(int fd, std::string_view line);
  static void wait_for_line(int fd);

 private:
  pid_t pid_ = -1;
  net::Fd to_child_;
  net::Fd from_child_;
  std::string buffered_;
  bool closed_ = false;
};

}  // namespace baton::trial
