// What a run says while it goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

namespace baton::suite {

enum class Output : std::uint8_t {
  automatic,   // bar on a terminal, else lines
  bar,         // one line that is rewritten
  lines,       // a line per trial
  json_lines,  // events as JSON lines on standard output, for programs
  quiet,       // nothing but errors
};

struct Progress {
  std::size_t done = 0;  // trials, those of earlier sessions of the run included
  std::size_t of = 0;    // 0: not known (rounds go on until the ratios are known)
  double remaining_s = 0;
  std::size_t quarantined = 0;
};

// All functions are called by the thread that runs the trials.
class Reporter {
 public:
  Reporter() = default;
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;
  virtual ~Reporter() = default;

  virtual void starting(const std::string& cell, const Progress& progress) = 0;
  virtual void finished(const nlohmann::json& record, const Progress& progress) = 0;
  virtual void note(const std::string& line) = 0;  // a sentence: why the run ends
  // At the end; `directory`: the run's.
  virtual void summary(const nlohmann::json& summary, const std::string& directory) = 0;
};

std::unique_ptr<Reporter> make_reporter(Output output);

// "2 h 05 min", "3 min 20 s", "8 s".
std::string duration_text(double seconds);

}  // namespace baton::suite
