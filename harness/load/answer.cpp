#include "harness/load/answer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/http/forward.hpp"

namespace baton::load {
namespace {

constexpr std::uint64_t kQuantumBytes = 64 * 1024;  // what a write of a large body holds
constexpr std::string_view kInterim =
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";

}  // namespace

void Quantum::add(std::string_view bytes) noexcept {
  // iovec is shared with readv and therefore not const; sendmsg does not write.
  pieces[count++] = {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
}

void Answer::begin(const AnswerPlan& plan, std::optional<std::string_view> text) noexcept {
  plan_ = plan;
  text_ = text;
  total_ = text ? text->size() : plan.body.bytes;
  offset_ = 0;
  head_sent_ = false;
  paused_ = false;
}

void Answer::start(const AnswerPlan& plan, const Asker& asker, std::string_view text) {
  begin(plan, plan.content == Content::bytes ? std::nullopt : std::optional(text));
  framing_ = http::Framing::content_length;
  if (plan.chunked != 0) framing_ = asker.http10 ? http::Framing::until_close : http::Framing::chunked;
  if (plan.close != 0) framing_ = http::Framing::until_close;
  keep_alive_ = asker.keep_alive && plan.last == 0 && framing_ != http::Framing::until_close;
  announces_length_ = framing_ == http::Framing::content_length && plan.status != 204;
  write_head(plan.interim != 0 && !asker.http10);
  if (asker.head_request || plan.status == 204 || plan.status == 304) {
    framing_ = http::Framing::none;
    total_ = 0;
  }
}

void Answer::start_text(int status, std::string_view line, const Asker& asker) {
  AnswerPlan plan;
  plan.status = static_cast<std::uint64_t>(status);
  line_.assign(line).append("\n");
  begin(plan, line_);
  framing_ = http::Framing::content_length;
  announces_length_ = true;
  keep_alive_ = asker.keep_alive;
  write_head(false);
  if (asker.head_request) total_ = 0;
}

// About 250 bytes, as servers send them, so that parsing it costs what it costs in life.
void Answer::write_head(bool interim) {
  head_.assign(interim ? kInterim : std::string_view());
  auto out = std::back_inserter(head_);
  const auto status = static_cast<int>(plan_.status);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nServer: baton-origin\r\nDate: {}\r\nContent-Type: {}\r\n", status,
                 http::status_reason(status), date(),
                 plan_.content == Content::bytes && !text_ ? "application/octet-stream" : "text/plain");
  if (announces_length_)
    fmt::format_to(out, "Content-Length: {}\r\n", total_ - std::min(plan_.hide, total_) + plan_.lie);
  if (framing_ == http::Framing::chunked && plan_.status != 204) head_ += "Transfer-Encoding: chunked\r\n";
  fmt::format_to(out, "ETag: \"{:x}-{:x}\"\r\nLast-Modified: Mon, 21 Nov 2011 12:00:00 GMT\r\n",
                 plan_.body.bytes, plan_.body.seed);
  head_ += keep_alive_ ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  if (plan_.head_pad != 0) head_.append("X-Pad: ").append(plan_.head_pad, 'x').append("\r\n");
  head_ += "\r\n";
}

// Formatted once a second.
std::string_view Answer::date() noexcept {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::strftime(date_.data(), date_.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    date_second_ = now;
  }
  return date_.data();
}

void Answer::next(Quantum& quantum) noexcept {
  quantum.count = 0;
  chunk_heads_ = 0;
  if (!head_sent_) {
    head_sent_ = true;
    quantum.add(head_);
    if (plan_.two_writes != 0 && total_ != 0) {
      quantum.then = Then::go_on;
      return;
    }
  }
  add_body(quantum, next_stop());
  quantum.then = what_follows(quantum);
}

// How far this quantum goes at most.
std::uint64_t Answer::next_stop() const noexcept {
  std::uint64_t stop = std::min(total_, offset_ + kQuantumBytes);
  if (plan_.piece != 0) stop = std::min(stop, (offset_ / plan_.piece + 1) * plan_.piece);
  const auto consider = [&](const std::optional<std::uint64_t>& at) {
    if (at && *at >= offset_) stop = std::min(stop, *at);
  };
  consider(plan_.reset_at);
  consider(plan_.stall_at);
  if (!paused_) consider(plan_.pause_at);
  return stop;
}

void Answer::add_body(Quantum& quantum, std::uint64_t end) noexcept {
  constexpr std::size_t kMostAtOnce = 5;  // chunk head, run, chunk tail, and what finish() adds
  const bool chunked = framing_ == http::Framing::chunked;
  while (offset_ < end && quantum.room() >= kMostAtOnce) {
    const std::uint64_t chunk_end = std::min(total_, (offset_ / plan_.chunk_bytes + 1) * plan_.chunk_bytes);
    if (chunked && offset_ % plan_.chunk_bytes == 0) {
      add_chunk_head(quantum, chunk_end - offset_ + (chunk_end == total_ ? plan_.lie : 0));
    }
    const std::string_view bytes = run(chunked ? std::min(end, chunk_end) : end);
    quantum.add(bytes);
    offset_ += bytes.size();
    const bool lies_here = offset_ == total_ && plan_.lie != 0;
    if (chunked && offset_ == chunk_end && !lies_here) quantum.add(http::kChunkTail);
  }
}

void Answer::add_chunk_head(Quantum& quantum, std::uint64_t payload_bytes) noexcept {
  char* const memory = chunk_head_[chunk_heads_++].data();
  quantum.add({memory, http::write_chunk_head(memory, payload_bytes)});
}

// Body bytes from offset_ on that lie in one piece, with the flipped byte as a piece of its own.
std::string_view Answer::run(std::uint64_t end) noexcept {
  const bool flips = plan_.flip_at && *plan_.flip_at >= offset_;
  const bool flips_here = flips && *plan_.flip_at == offset_;
  if (flips && !flips_here) end = std::min(end, *plan_.flip_at);
  const std::string_view bytes =
      text_ ? text_->substr(offset_, end - offset_) : pattern_run(plan_.body, offset_, end - offset_);
  if (!flips_here) return bytes;
  flipped_ = static_cast<char>(bytes.front() ^ 1);
  return {&flipped_, 1};
}

Then Answer::what_follows(Quantum& quantum) noexcept {
  if (plan_.reset_at == offset_) return Then::reset;
  if (plan_.stall_at == offset_) return Then::stall;
  if (plan_.pause_at == offset_ && !paused_) {
    paused_ = true;
    return Then::pause;
  }
  if (offset_ == total_) return finish(quantum);
  const bool between_pieces = plan_.piece != 0 && offset_ != 0 && offset_ % plan_.piece == 0;
  return between_pieces && plan_.pause_ms != 0 && !plan_.pause_at ? Then::pause : Then::go_on;
}

Then Answer::finish(Quantum& quantum) noexcept {
  if (plan_.lie != 0) {
    if (framing_ == http::Framing::chunked && total_ == 0) add_chunk_head(quantum, plan_.lie);
    return Then::close;
  }
  if (framing_ == http::Framing::chunked) quantum.add(http::kLastChunk);
  return keep_alive_ ? Then::keep_open : Then::close;
}

}  // namespace baton::load
