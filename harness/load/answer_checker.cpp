#include "harness/load/answer_checker.hpp"

#include <memory>

namespace baton::load {

namespace {
constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::size_t kMostCheckedHead = 64 * 1024;
}  // namespace

void AnswerChecker::reset() noexcept {
  partial_.clear();
  in_body_ = false;
}

AnswerChecker::Fed AnswerChecker::feed(std::string_view bytes) {
  const std::size_t given = bytes.size();
  Status status = Status::more;
  if (!in_body_) {
    status = take_head(bytes);
  }
  if (in_body_ && status == Status::more) {
    status = take_body(bytes);
  }
  return {.consumed = given - bytes.size(), .status = status};
}

AnswerChecker::Status AnswerChecker::take_head(std::string_view& bytes) {
  if (partial_.empty() && !known_head_.empty() && known_for_ == body_ && bytes.starts_with(known_head_)) {
    bytes.remove_prefix(known_head_.size());
    if (head_only_) return Status::complete;
    framer_.start(known_framing_, known_length_);
    in_body_ = true;
    return Status::more;
  }
  const std::size_t before = partial_.size();
  partial_.append(bytes);
  const std::size_t end = partial_.find(kEndOfHead, before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    bytes.remove_prefix(bytes.size());
    return partial_.size() > kMostCheckedHead ? Status::wrong : Status::more;
  }
  partial_.resize(end + kEndOfHead.size());
  bytes.remove_prefix(partial_.size() - before);
  const auto parser = std::make_unique<http::ResponseParser>();  // large, and rarely needed
  parser->reset();
  if (parser->feed(partial_) != http::Parse::complete) {
    return Status::wrong;
  }
  const http::ResponseHead& head = parser->head();
  status_ = head.status;
  keep_alive_ = head.keep_alive;
  const http::Framing framing = http::response_framing(HTTP_GET, head);
  if (status_ != 200 || (framing == http::Framing::content_length && head.content_length != body_.bytes)) {
    return Status::wrong;
  }
  known_head_ = partial_;
  known_for_ = body_;
  known_framing_ = framing;
  known_length_ = head.content_length;
  partial_.clear();
  if (head_only_) return Status::complete;
  framer_.start(known_framing_, known_length_);
  in_body_ = true;
  return Status::more;
}

AnswerChecker::Status AnswerChecker::take_body(std::string_view& bytes) {
  while (!framer_.finished()) {
    if (bytes.empty()) {
      return Status::more;
    }
    const http::BodyFramer::Piece piece = framer_.next(bytes);
    if (piece.status == http::BodyFramer::Status::invalid || offset_ + piece.payload.size() > body_.bytes ||
        !matches_pattern(piece.payload, body_, offset_)) {
      return Status::wrong;
    }
    offset_ += piece.payload.size();
    bytes.remove_prefix(piece.consumed);
  }
  return offset_ == body_.bytes ? Status::complete : Status::wrong;
}

}  // namespace baton::load
