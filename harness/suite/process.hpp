// A program that is told something, says something and ends.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace baton::suite {

struct ProcessResult {
  bool in_time = true;   // false: it was killed
  int status = 0;        // as waitpid gives it
  std::string output;    // of standard output
  std::string messages;  // of standard error
};

// Starts arguments[0] (looked for on this process's PATH if it has no slash) with that environment
// ("NAME=value" each), gives it `input` on standard input and collects what it writes. After `timeout` it is
// killed. Throws std::system_error if it cannot be started.
ProcessResult run_process(std::vector<std::string> arguments, std::vector<std::string> environment,
                          std::string_view input, std::chrono::seconds timeout);

}  // namespace baton::suite
