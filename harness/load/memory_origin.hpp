// The origin's end of in-memory connections: answers cut into reads of chosen sizes, without a system call.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "harness/load/memory_script.hpp"
#include "harness/load/pattern.hpp"
#include "harness/measure/cache_line.hpp"
#include "harness/net/connection.hpp"
#include "harness/net/wait.hpp"

namespace baton::load {

// One backend connection. Understands GET and HEAD /bytes/N?seed=S as Baton's own clients send it, and
// nothing else: whatever it cannot read it answers by closing. One thread at a time; interrupt from any.
class MemoryBackend {
 public:
  MemoryBackend() noexcept = default;  // not open
  MemoryBackend(const MemoryScript& script, net::Waiting waiting, std::chrono::milliseconds slice);

  net::IoResult read(char* memory, std::size_t bytes) noexcept { return read(memory, bytes, true); }
  net::IoResult read_now(char* memory, std::size_t bytes) noexcept { return read(memory, bytes, false); }
  net::IoResult write(std::span<iovec> pieces) noexcept;
  void interrupt() noexcept;
  [[nodiscard]] static bool peer_gone() noexcept { return false; }
  [[nodiscard]] bool quiet() const noexcept {
    return !state_->answering && state_->ended == 0 && state_->script->faults.refuse == 0;
  }
  void close() noexcept { state_.reset(); }
  void end_gracefully() noexcept {}  // nothing is on its way that closing could destroy
  [[nodiscard]] bool is_open() const noexcept { return state_ != nullptr; }

 private:
  static constexpr int kClosed = -1;
  struct alignas(kCacheLineBytes) State {
    const MemoryScript* script;
    net::Waiting waiting;
    std::chrono::milliseconds slice;
    std::atomic<bool> interrupted{false};
    net::Parker parker;        // a pause is waited for here, so that it can be interrupted
    BodyId body;               // of the answer under way
    std::uint64_t offset = 0;  // of the body, sent
    bool answering = false;
    bool head_only = false;
    bool paused = false;                 // the answer's pause has begun
    Fault fault = Fault::none;           // of the answer under way
    std::chrono::milliseconds pause{0};  // of the answer under way
    std::uint64_t pause_at = 0;
    int ended = 0;  // the connection is over: 0 not, kClosed, or the error that reads get
    std::chrono::steady_clock::time_point pause_end;
    std::size_t head_bytes = 0;
    std::size_t head_sent = 0;
    std::uint64_t head_for = ~std::uint64_t{0};  // body length the head was made for
    char head[320];                              // NOLINT: written by snprintf
    std::string partial;                         // of a request head that came in pieces
  };
  bool begin_answer(std::string_view request) noexcept;
  void make_head() noexcept;
  [[nodiscard]] std::uint64_t announced() const noexcept;
  net::IoResult read(char* memory, std::size_t bytes, bool may_wait) noexcept;
  bool pause_is_over(bool may_wait) noexcept;

  std::unique_ptr<State> state_;  // so that the connection can be moved
};
static_assert(net::KeptConnection<MemoryBackend>);

}  // namespace baton::load
