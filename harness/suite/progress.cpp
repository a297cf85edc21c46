#include "harness/suite/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "harness/suite/answers.hpp"
#include "harness/suite/table.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

class Quiet final : public Reporter {
 public:
  void starting(const std::string& /*cell*/, const Progress& /*progress*/) override {}
  void finished(const json& /*record*/, const Progress& /*progress*/) override {}
  void note(const std::string& /*line*/) override {}
  void summary(const json& /*summary*/, const std::string& /*directory*/) override {}
};

std::string count_text(const Progress& progress) {
  return progress.of == 0 ? fmt::format("[{}]", progress.done)
                          : fmt::format("[{}/{}]", progress.done, progress.of);
}

class Lines final : public Reporter {
 public:
  void starting(const std::string& /*cell*/, const Progress& /*progress*/) override {}
  void finished(const json& record, const Progress& progress) override {
    std::cout << count_text(progress) << ' ' << line_of(record) << '\n' << std::flush;
  }
  void note(const std::string& line) override { std::cout << line << '\n' << std::flush; }
  void summary(const json& summary, const std::string& directory) override {
    std::cout << answers_of(summary, directory) << std::flush;
  }
};

class Bar final : public Reporter {
 public:
  ~Bar() override { clear(); }
  Bar() = default;
  void starting(const std::string& cell, const Progress& progress) override { draw(cell, progress); }
  void finished(const json& record, const Progress& progress) override {
    if (!record.at("verdict").at("valid").get<bool>()) note(line_of(record));  // a bar must not hide that
    draw(record.at("cell_id"), progress);
  }
  void note(const std::string& line) override {
    clear();
    std::cout << line << '\n' << std::flush;
  }
  void summary(const json& summary, const std::string& directory) override {
    clear();
    std::cout << answers_of(summary, directory) << std::flush;
  }

 private:
  static std::size_t columns() {
    winsize size{};
    const bool told = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20;  // NOLINT: variadic
    return told ? size.ws_col : 80;
  }
  void clear() {
    if (drawn_) std::cout << "\r\033[K" << std::flush;
    drawn_ = false;
  }
  void draw(const std::string& cell, const Progress& progress) {
    constexpr std::size_t kWidth = 20;
    std::string bar;
    if (progress.of != 0) {
      const std::size_t full = std::min(kWidth, kWidth * progress.done / progress.of);
      bar = fmt::format("{}{} ", std::string(full, '#'), std::string(kWidth - full, '.'));
    }
    std::string line =
        fmt::format("{}{} {} left", bar, count_text(progress), duration_text(progress.remaining_s));
    if (progress.quarantined != 0) line += fmt::format(", {} quarantined", progress.quarantined);
    line += "  " + cell;
    clear();
    std::cout << line.substr(0, columns() - 1) << std::flush;
    drawn_ = true;
  }
  bool drawn_ = false;
};

class Events final : public Reporter {
 public:
  void starting(const std::string& cell, const Progress& progress) override {
    say({{"event", "starting"}, {"cell_id", cell}}, progress);
  }
  void finished(const json& record, const Progress& progress) override {
    say({{"event", "finished"},
         {"trial_id", record.at("trial_id")},
         {"cell_id", record.at("cell_id")},
         {"role", record.at("role")},
         {"round", record.at("round")},
         {"valid", record.at("verdict").at("valid")},
         {"quarantined", record.value("quarantine", json())}},
        progress);
  }
  void note(const std::string& line) override { print({{"event", "note"}, {"text", line}}); }
  void summary(const json& summary, const std::string& /*directory*/) override {
    print({{"event", "summary"}, {"summary", summary}});
  }

 private:
  static void print(const json& event) { std::cout << event.dump() << '\n' << std::flush; }
  static void say(json event, const Progress& progress) {
    event["progress"] = {{"done", progress.done},
                         {"of", progress.of == 0 ? json() : json(progress.of)},
                         {"remaining_s", progress.remaining_s},
                         {"quarantined", progress.quarantined}};
    print(event);
  }
};

}  // namespace

std::unique_ptr<Reporter> make_reporter(Output output) {
  if (output == Output::automatic) output = ::isatty(STDOUT_FILENO) == 1 ? Output::bar : Output::lines;
  switch (output) {
    case Output::bar:
      return std::make_unique<Bar>();
    case Output::json_lines:
      return std::make_unique<Events>();
    case Output::quiet:
      return std::make_unique<Quiet>();
    default:
      return std::make_unique<Lines>();
  }
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<long>(std::max(0.0, seconds) + 0.5);
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

}  // namespace baton::suite
