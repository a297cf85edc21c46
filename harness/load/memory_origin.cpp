#include "harness/load/memory_origin.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "harness/http/body.hpp"

namespace baton::load {

namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr std::size_t kMostPartial = 64 * 1024;

// The number behind `prefix`, which must stand in `text`; nothing is changed if it does not.
bool read_number(std::string_view& text, std::string_view prefix, std::uint64_t& number) noexcept {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{};
}

}  // namespace

MemoryBackend::MemoryBackend(const MemoryScript& script, net::Waiting waiting,
                             std::chrono::milliseconds slice)
    : state_(std::make_unique<State>()) {
  state_->script = &script;
  state_->waiting = waiting;
  state_->slice = slice;
}

net::IoResult MemoryBackend::write(std::span<iovec> pieces) noexcept {
  State& state = *state_;
  std::size_t total = 0;
  if (state.ended != 0) {
    return {.bytes = 0, .error = ECONNRESET};
  }
  for (const iovec& piece : pieces) {
    const std::string_view bytes{static_cast<const char*>(piece.iov_base), piece.iov_len};
    total += bytes.size();
    if (state.partial.empty() && bytes.ends_with(kEndOfHead)) {
      if (!begin_answer(bytes)) {
        return {.bytes = 0, .error = ECONNRESET};
      }
    } else {
      state.partial.append(bytes);
      if (state.partial.size() > kMostPartial) {
        return {.bytes = 0, .error = ECONNRESET};
      }
      if (state.partial.ends_with(kEndOfHead)) {
        const bool understood = begin_answer(state.partial);
        state.partial.clear();
        if (!understood) {
          return {.bytes = 0, .error = ECONNRESET};
        }
      }
    }
  }
  return {.bytes = total, .error = 0};
}

// False: an answer is still under way, or this is not a request of ours.
bool MemoryBackend::begin_answer(std::string_view request) noexcept {
  State& state = *state_;
  BodyId asked;
  const bool head_only = request.starts_with("HEAD");
  if (state.answering || !read_number(request, head_only ? "HEAD /bytes/" : "GET /bytes/", asked.bytes) ||
      !read_number(request, "?seed=", asked.seed)) {
    return false;
  }
  std::uint64_t fault = 0;
  state.fault = read_number(request, "&fault=", fault) ? static_cast<Fault>(fault) : Fault::none;
  const bool stalls = state.fault == Fault::stall;
  state.pause = stalls ? state.script->faults.stall_time : state.script->pause;
  state.pause_at = stalls ? state.script->faults.at_bytes : state.script->pause_at;
  state.body = asked;
  state.offset = 0;
  state.answering = true;
  state.head_only = head_only;
  state.paused = false;
  state.head_sent = 0;
  if (state.head_for != announced()) {
    make_head();
    state.head_for = announced();
  }
  return true;
}

std::uint64_t MemoryBackend::announced() const noexcept {
  const std::uint64_t bytes = state_->body.bytes;
  return state_->fault == Fault::lie ? bytes - std::min(bytes, state_->script->faults.at_bytes) : bytes;
}

void MemoryBackend::make_head() noexcept {
  State& state = *state_;
  // About 250 bytes, as a file server sends them.
  char framing[64];  // NOLINT: written by snprintf
  if (state.script->chunked) {
    std::snprintf(framing, sizeof framing, "Transfer-Encoding: chunked");
  } else {
    std::snprintf(framing, sizeof framing, "Content-Length: %llu",
                  static_cast<unsigned long long>(announced()));
  }
  const int length = std::snprintf(
      state.head, sizeof state.head,
      "HTTP/1.1 200 OK\r\nServer: baton-memory\r\nDate: Mon, 21 Nov 2011 10:20:30 GMT\r\n"
      "Content-Type: application/octet-stream\r\n%s\r\nLast-Modified: Sun, 20 Nov 2011 09:08:07 GMT\r\n"
      "Connection: keep-alive\r\nETag: \"4ec7a3b5-400\"\r\nAccept-Ranges: bytes\r\n\r\n",
      framing);
  state.head_bytes = static_cast<std::size_t>(std::max(length, 0));
}

net::IoResult MemoryBackend::read(char* memory, std::size_t bytes, bool may_wait) noexcept {
  State& state = *state_;
  if (state.interrupted.load(std::memory_order_acquire)) {  // pairs with interrupt()
    return {.bytes = 0, .error = ECONNABORTED};
  }
  if (state.ended != 0) {
    return {.bytes = 0, .error = state.ended == kClosed ? 0 : state.ended};
  }
  if (!state.answering) {
    return {.bytes = 0, .error = EAGAIN};
  }
  const MemoryScript& script = *state.script;
  std::size_t written = 0;
  std::uint64_t most = script.piece_bytes != 0 ? script.piece_bytes : ~std::uint64_t{0};
  if (state.head_sent < state.head_bytes) {
    written = std::min(bytes, state.head_bytes - state.head_sent);
    std::memcpy(memory, state.head + state.head_sent, written);
    state.head_sent += written;
    if (state.head_only) {
      state.answering = state.head_sent < state.head_bytes;
      return {.bytes = written, .error = 0};
    }
    if (script.read_ahead_bytes != 0) {
      most = script.read_ahead_bytes;
    }
  }
  std::uint64_t until = state.body.bytes;  // the next place where the body stops for a moment
  if (state.pause.count() != 0 && state.pause_at < state.body.bytes) {
    if (state.offset < state.pause_at) {
      until = state.pause_at;
    } else if (state.offset == state.pause_at) {
      if (written != 0) {
        return {.bytes = written, .error = 0};
      }
      if (!pause_is_over(may_wait)) {
        return {.bytes = 0,
                .error = state.interrupted.load(std::memory_order_acquire) ? ECONNABORTED : EAGAIN};
      }
    }
  }
  if (state.fault == Fault::truncate || state.fault == Fault::reset) {
    until = std::min(until, script.faults.at_bytes);
    if (state.offset >= until) {
      state.ended = state.fault == Fault::truncate ? kClosed : ECONNRESET;
      return {.bytes = written, .error = written != 0 || state.ended == kClosed ? 0 : state.ended};
    }
  }
  most = std::min(most, until - state.offset);
  if (script.chunked) {
    // A chunk for each read; its framing needs room too.
    constexpr std::size_t kFraming = http::kChunkHeadBytes + 2 + 5;
    if (bytes - written > kFraming) {
      const std::size_t payload =
          static_cast<std::size_t>(std::min<std::uint64_t>(most, bytes - written - kFraming));
      if (payload != 0) {
        written += http::write_chunk_head(memory + written, payload);
        fill_pattern(memory + written, payload, state.body, state.offset);
        written += payload;
        std::memcpy(memory + written, http::kChunkTail.data(), http::kChunkTail.size());
        written += http::kChunkTail.size();
        state.offset += payload;
      }
      if (state.offset == state.body.bytes) {
        std::memcpy(memory + written, http::kLastChunk.data(), http::kLastChunk.size());
        written += http::kLastChunk.size();
        state.answering = false;
      }
    }
  } else {
    const std::size_t payload = static_cast<std::size_t>(std::min<std::uint64_t>(most, bytes - written));
    fill_pattern(memory + written, payload, state.body, state.offset);
    written += payload;
    state.offset += payload;
    state.answering = state.offset != state.body.bytes;
  }
  return {.bytes = written, .error = written == 0 ? EAGAIN : 0};
}

// False: the slice is over or the connection interrupted; the pause goes on.
bool MemoryBackend::pause_is_over(bool may_wait) noexcept {
  State& state = *state_;
  const auto now = std::chrono::steady_clock::now();
  if (!state.paused) {
    state.paused = true;
    state.pause_end = now + state.pause;
  }
  if (now >= state.pause_end) {
    return true;
  }
  if (!may_wait) {
    return false;
  }
  state.parker.wait_for(state.waiting,
                        std::min<std::chrono::nanoseconds>(state.slice, state.pause_end - now));
  return !state.interrupted.load(std::memory_order_acquire) &&
         std::chrono::steady_clock::now() >= state.pause_end;
}

void MemoryBackend::interrupt() noexcept {
  state_->interrupted.store(true, std::memory_order_release);  // pairs with the loads in read()
  state_->parker.wake();
}

}  // namespace baton::load
