// A net::Connection made of given reads, which remembers what was written.
#pragma once

#include <cerrno>
#include <cstring>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/net/connection.hpp"

namespace baton::pipeline {

class FakeConnection {
 public:
  std::deque<std::string> reads;     // one each; a longer one than asked for is cut
  int then = EAGAIN;                 // errno when there are none left; 0: closed
  std::vector<std::string> written;  // one for each write
  int write_error = 0;

  net::IoResult read(char* memory, std::size_t bytes) noexcept {
    if (reads.empty()) return {.bytes = 0, .error = then};
    const std::size_t taken = reads.front().copy(memory, bytes);
    reads.front().erase(0, taken);
    if (reads.front().empty()) reads.pop_front();
    return {.bytes = taken, .error = 0};
  }
  net::IoResult read_now(char* memory, std::size_t bytes) noexcept { return read(memory, bytes); }
  net::IoResult write(std::span<iovec> pieces) noexcept {
    if (write_error != 0) return {.bytes = 0, .error = write_error};
    std::string& whole = written.emplace_back();
    for (const iovec& piece : pieces) whole.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    return {.bytes = whole.size(), .error = 0};
  }
  void interrupt() noexcept { then = ECONNABORTED; }
  [[nodiscard]] bool peer_gone() const noexcept { return then == 0; }
  void close() noexcept { open_ = false; }
  void end_gracefully() noexcept {}
  [[nodiscard]] bool is_open() const noexcept { return open_; }

 private:
  bool open_ = true;
};
static_assert(net::Connection<FakeConnection>);

}  // namespace baton::pipeline
