// Writes down what became of each request of one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/load/answer_reader.hpp"
#include "harness/load/exchange.hpp"
#include "harness/load/load_phases.hpp"
#include "harness/load/load_result.hpp"

namespace baton::load {

class Recorder {
 public:
  explicit Recorder(const LoadPhases& phases) noexcept : phases_(phases) {}

  void issued() noexcept { ++result_.total.issued; }
  // The first right answer of a connection since a request on it met a fault.
  void recovered(std::uint64_t ns) { result_.recovery.record(ns); }
  // Its end; `reason` for all but right and hang_up, `body_bytes` for right.
  void settled(const Exchange& exchange, AnswerReader::Outcome outcome, std::string_view reason,
               std::uint64_t body_bytes, std::uint64_t now_ns);
  void connection_error(std::string_view reason) { count(result_.connection_errors, reason); }

  [[nodiscard]] LoadResult& result() noexcept { return result_; }

 private:
  static void count(Reasons& reasons, std::string_view reason);

  const LoadPhases& phases_;
  LoadResult result_;
};

}  // namespace baton::load
