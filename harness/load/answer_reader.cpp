#include "harness/load/answer_reader.hpp"

#include <fmt/format.h>

namespace baton::load {
namespace {

constexpr std::size_t kMostHead = std::size_t{2} << 20U;

bool is_success(int status) noexcept { return status >= 200 && status < 300; }
bool is_interim(int status) noexcept { return status >= 100 && status < 200 && status != 101; }

}  // namespace

void AnswerReader::reset() noexcept {
  partial_head_.clear();
  in_body_ = false;
  keep_alive_ = true;
}

void AnswerReader::expect(const Exchange& exchange) noexcept {
  exchange_ = &exchange;
  offset_ = 0;
  status_ = 0;
  in_body_ = false;
  byte_wrong_ = false;
}

AnswerReader::Outcome AnswerReader::end(Outcome outcome, std::string_view reason) {
  reason_ = reason;
  return outcome;
}

AnswerReader::Outcome AnswerReader::feed(std::string_view& bytes) {
  while (!in_body_) {
    const Outcome outcome = read_head(bytes);
    if (outcome != Outcome::more || bytes.empty()) return outcome;
  }
  return read_body(bytes);
}

AnswerReader::Outcome AnswerReader::read_head(std::string_view& bytes) {
  const std::size_t before = partial_head_.size();
  std::string_view all = bytes;
  if (before != 0) {
    partial_head_ += bytes;
    all = partial_head_;
  }
  parser_->reset();
  switch (parser_->feed(all)) {
    case http::Parse::complete:
      break;
    case http::Parse::incomplete:
      if (before == 0) partial_head_ = bytes;
      bytes = {};
      return partial_head_.size() > kMostHead ? end(Outcome::broken, "head_too_large") : Outcome::more;
    case http::Parse::invalid:
      return end(Outcome::broken, fmt::format("malformed_head: {}", parser_->error()));
    case http::Parse::too_large:
      return end(Outcome::broken, "too_many_fields");
  }
  bytes.remove_prefix(parser_->consumed() - before);
  const Outcome outcome = begin_body();
  partial_head_.clear();
  return outcome;
}

AnswerReader::Outcome AnswerReader::begin_body() {
  const http::ResponseHead& head = parser_->head();
  if (is_interim(head.status)) return Outcome::more;
  status_ = head.status;
  keep_alive_ = head.keep_alive;
  length_wrong_ = head.has_content_length && head.content_length != exchange_->answer_body.bytes;
  framer_.start(http::response_framing(exchange_->head_request ? HTTP_HEAD : HTTP_GET, head),
                head.content_length);
  in_body_ = true;
  if (exchange_->hang_up_at == 0) return Outcome::hang_up;
  return framer_.finished() ? complete() : Outcome::more;
}

AnswerReader::Outcome AnswerReader::read_body(std::string_view& bytes) {
  const bool compares = exchange_->compare && is_success(status_);
  while (!bytes.empty()) {
    const http::BodyFramer::Piece piece = framer_.next(bytes);
    if (piece.status == http::BodyFramer::Status::invalid) return end(Outcome::broken, "malformed_body");
    byte_wrong_ =
        byte_wrong_ || (compares && !matches_pattern(piece.payload, exchange_->answer_body, offset_));
    offset_ += piece.payload.size();
    bytes.remove_prefix(piece.consumed);
    if (exchange_->hang_up_at && offset_ >= *exchange_->hang_up_at) return Outcome::hang_up;
    if (framer_.finished()) return complete();
  }
  return Outcome::more;
}

AnswerReader::Outcome AnswerReader::complete() {
  if (!is_success(status_)) return end(Outcome::failed, fmt::format("status_{}", status_));
  if (!exchange_->compare) return Outcome::right;
  const std::uint64_t expected = exchange_->head_request ? 0 : exchange_->answer_body.bytes;
  if (byte_wrong_) return end(Outcome::wrong, "wrong_byte");
  return offset_ == expected && !length_wrong_ ? Outcome::right : end(Outcome::wrong, "wrong_length");
}

AnswerReader::Outcome AnswerReader::at_close() {
  if (!in_body_) {
    return end(Outcome::broken, partial_head_.empty() ? "closed_without_answer" : "closed_in_head");
  }
  return framer_.at_close() ? complete() : end(Outcome::broken, "closed_in_body");
}

}  // namespace baton::load
