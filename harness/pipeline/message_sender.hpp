// Puts a message together from head and body and sends as much as possible with each system call.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "harness/http/body.hpp"
#include "harness/net/connection.hpp"

namespace baton::pipeline {

// Bytes are gathered where they lie: they must stay there until flush(). Used by one thread for one message
// at a time.
class MessageSender {
 public:
  // `head` goes out with the first body bytes, or by itself at the first flush.
  void start(std::string_view head, bool chunked) noexcept {
    count_ = 0;
    pending_ = 0;
    chunk_heads_ = 0;
    chunked_ = chunked;
    head_pending_ = true;
    body_bytes_ = 0;
    gather(head);
  }
  // False: no room for more pieces, flush first.
  [[nodiscard]] bool add_body(std::string_view payload) noexcept {
    if (count_ + 4 > pieces_.size() ||
        chunk_heads_ == chunk_head_memory_.size()) {  // 3 for a chunk, 1 for the end
      return false;
    }
    if (chunked_) {
      auto& memory = chunk_head_memory_[chunk_heads_++];
      gather({memory.data(), http::write_chunk_head(memory.data(), payload.size())});
    }
    gather(payload);
    if (chunked_) {
      gather(http::kChunkTail);
    }
    body_bytes_ += payload.size();
    return true;
  }
  void end_body() noexcept {
    if (chunked_) {
      gather(http::kLastChunk);
    }
  }
  [[nodiscard]] bool head_pending() const noexcept { return head_pending_; }
  [[nodiscard]] std::size_t pending_bytes() const noexcept { return pending_; }
  // Body bytes added since start().
  [[nodiscard]] std::uint64_t body_bytes() const noexcept { return body_bytes_; }

  // Sends what was gathered. False: the peer takes no more.
  template <net::Connection C>
  [[nodiscard]] bool flush(C& connection) noexcept {
    if (count_ == 0) {
      return true;
    }
    return flush(connection, [](std::size_t) { return false; });
  }
  // The same for a peer that may have a reason not to read: each time it took only `bytes` more within the
  // connection's slice of time, `go_on(bytes)` says whether to wait for another.
  template <net::Connection C, class GoOn>
  [[nodiscard]] bool flush(C& connection, GoOn&& go_on) noexcept {
    net::IoResult sent;
    do {
      sent = connection.write(std::span{pieces_.data(), count_});
    } while (sent.error == ETIMEDOUT && go_on(sent.bytes));
    count_ = 0;
    pending_ = 0;
    chunk_heads_ = 0;
    head_pending_ = false;
    return sent.error == 0;
  }

 private:
  void gather(std::string_view bytes) noexcept {
    if (!bytes.empty()) {
      // writev takes what it only reads as non-const
      pieces_[count_++] = {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};  // NOLINT
      pending_ += bytes.size();
    }
  }

  std::array<iovec, 64> pieces_;
  std::array<std::array<char, http::kChunkHeadBytes>, 20> chunk_head_memory_;
  std::size_t count_ = 0;
  std::size_t pending_ = 0;
  std::size_t chunk_heads_ = 0;
  std::uint64_t body_bytes_ = 0;
  bool chunked_ = false;
  bool head_pending_ = false;
};

}  // namespace baton::pipeline
