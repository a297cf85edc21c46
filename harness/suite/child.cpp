#include "harness/suite/child.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): SIGKILL
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <iostream>
#include <iterator>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "harness/suite/process.hpp"
#include "harness/trial/allocator_choice.hpp"
#include "harness/trial/set_up.hpp"

extern char** environ;  // NOLINT: POSIX

namespace baton::suite {

namespace {

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return fmt::format("ended by signal {} ({}){}", signal, ::strsignal(signal),
                       WCOREDUMP(status) ? ", core kept" : "");
  }
  return fmt::format("ended with exit code {} and without a record", WEXITSTATUS(status));
}

}  // namespace

ChildResult run_child(const trial::TrialSpec& spec, std::chrono::seconds timeout) {
  const ProcessResult process =
      run_process({"/proc/self/exe", "trial"},
                  trial::environment_with(trial::parse_allocator(spec.config.allocator), environ),
                  trial::to_json(spec).dump(), timeout);
  ChildResult result;
  result.messages = process.messages;
  std::istringstream lines(process.output);
  for (std::string line; std::getline(lines, line);) {
    nlohmann::json record = nlohmann::json::parse(line, nullptr, false);
    if (!record.is_discarded()) {
      result.records.push_back(std::move(record));
    }
  }
  if (!process.in_time) {
    result.failure = fmt::format("killed: no record within {} s", timeout.count());
  } else if (result.records.size() != trial::members_of(spec).size()) {
    result.failure = how_it_ended(process.status);
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
