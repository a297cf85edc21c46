#include "harness/load/recorder.hpp"

namespace baton::load {
namespace {

std::uint64_t& place_of(RequestTally& tally, AnswerReader::Outcome outcome) noexcept {
  switch (outcome) {
    case AnswerReader::Outcome::right:
      return tally.answered;
    case AnswerReader::Outcome::wrong:
      return tally.wrong;
    case AnswerReader::Outcome::hang_up:
      return tally.hung_up;
    case AnswerReader::Outcome::more:
    case AnswerReader::Outcome::failed:
    case AnswerReader::Outcome::broken:
      break;
  }
  return tally.failed;
}

}  // namespace

void Recorder::count(Reasons& reasons, std::string_view reason) {
  const auto found = reasons.find(reason);
  if (found != reasons.end()) {
    ++found->second;
  } else {
    reasons.emplace(reason, 1);
  }
}

void Recorder::settled(const Exchange& exchange, AnswerReader::Outcome outcome, std::string_view reason,
                       std::uint64_t body_bytes, std::uint64_t now_ns) {
  if (exchange.meets_fault) {
    ++result_.total.hit;
    if (phases_.measured(exchange.due_ns)) {
      ++result_.measured.issued;
      ++result_.measured.hit;
    }
    return;
  }
  const bool right = outcome == AnswerReader::Outcome::right;
  ++place_of(result_.total, outcome);
  if (!right && outcome != AnswerReader::Outcome::hang_up) count(result_.by_reason, reason);
  if (right && phases_.measured(now_ns)) {
    ++result_.completed;
    result_.body_bytes += body_bytes;
  }
  if (!phases_.measured(exchange.due_ns)) return;
  ++result_.measured.issued;
  if (result_.open_loop) result_.late.record(exchange.begun_ns - exchange.due_ns);
  ++place_of(result_.measured, outcome);
  if (right) {
    result_.intended.record(now_ns - exchange.due_ns);
    result_.service.record(now_ns - exchange.begun_ns);
  }
}

}  // namespace baton::load
