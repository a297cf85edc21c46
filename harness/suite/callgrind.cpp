#include "harness/suite/callgrind.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/measure/build_info.hpp"
#include "harness/suite/process.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::suite {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kPatience{10};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string path = (fs::temp_directory_path() / "baton-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "making " + path);
    }
    path_ = path;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

 private:
  fs::path path_;
};

// "LINE COST", where a line may be missing its cost (0).
std::uint64_t cost_of(std::string_view line) {
  const std::size_t space = line.find(' ');
  std::uint64_t cost = 0;
  if (space == std::string_view::npos) return 0;
  const std::string_view digits = line.substr(space + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), cost);
  if (error != std::errc()) {
    throw std::runtime_error(fmt::format("callgrind's output has a line that cannot be read: '{}'", line));
  }
  return cost;
}

}  // namespace

CallgrindCosts read_callgrind(std::istream& file) {
  CallgrindCosts costs;
  std::string object;
  std::string function;
  bool of_called = false;  // the next line costs what a called function took
  bool complete = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("fn=")) {
      function = line.substr(3);
    } else if (line.starts_with("ob=")) {
      object = line.substr(3);
    } else if (line.starts_with("calls=")) {
      of_called = true;
    } else if (line.starts_with("totals:")) {
      complete = true;
    } else if (!line.empty() && line.front() >= '0' && line.front() <= '9' && !function.empty()) {
      const std::uint64_t cost = cost_of(line);
      costs.inclusive[function] += cost;
      if (!std::exchange(of_called, false)) costs.own[{object, function}] += cost;
    }
  }
  if (!complete) throw std::runtime_error("callgrind's output is not complete");
  return costs;
}

Counted count_instructions(const std::vector<std::string>& arguments, std::vector<std::string> environment,
                           std::string_view input, std::string_view functions) {
  if (const std::string& sanitizer = build_info().sanitizer; sanitizer != "none") {
    throw BadInput(fmt::format(
        "this program was built with the {} sanitizer, which would be counted too, or does not run under "
        "valgrind; valid is a build without",
        sanitizer));
  }
  const TemporaryDirectory directory;
  const fs::path out = directory.path() / "callgrind.out";
  std::vector<std::string> command{"valgrind",
                                   "--quiet",
                                   "--tool=callgrind",
                                   "--compress-strings=no",
                                   "--compress-pos=no",
                                   fmt::format("--callgrind-out-file={}", out.string()),
                                   fmt::format("--toggle-collect={}", functions)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  for (const char* name : {"PATH", "TMPDIR"}) {
    if (const char* value = std::getenv(name)) environment.push_back(fmt::format("{}={}", name, value));
  }
  ProcessResult process;
  try {
    process = run_process(std::move(command), std::move(environment), input, kPatience);
  } catch (const std::system_error& error) {
    if (error.code().value() != ENOENT) throw;
    throw BadInput(
        "counting instructions takes valgrind, which is not installed; install it with: apt-get install "
        "valgrind");
  }
  if (!process.in_time || !WIFEXITED(process.status) || WEXITSTATUS(process.status) != 0) {
    throw std::runtime_error(fmt::format("counting failed{}: {}",
                                         process.in_time ? "" : " (it took more than 10 minutes)",
                                         process.messages.empty() ? "no message" : process.messages));
  }
  std::ifstream file(out);
  return {.instructions = read_callgrind(file), .output = std::move(process.output)};
}

}  // namespace baton::suite
