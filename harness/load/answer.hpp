// The bytes of one answer of the origin, a quantum at a time. Knows HTTP and the plan, not sockets: the
// origin writes what a quantum holds and then does what it says.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "harness/http/body.hpp"
#include "harness/http/head.hpp"
#include "harness/load/origin_target.hpp"

namespace baton::load {

// What follows when a quantum has been written.
enum class Then : std::uint8_t {
  go_on,      // ask for the next quantum
  pause,      // wait pause_ms, then ask for the next quantum
  stall,      // nothing more, until the client leaves
  reset,      // close with RST
  keep_open,  // the answer is whole; the next request may be read
  close,      // the answer is whole, or as much of it as there is; close
};

// One write: pieces of memory that stay as they are until the next call of next().
struct Quantum {
  static constexpr std::size_t kMaxPieces = 64;
  std::array<iovec, kMaxPieces> pieces;
  std::size_t count = 0;
  Then then = Then::go_on;

  [[nodiscard]] std::size_t room() const noexcept { return kMaxPieces - count; }
  void add(std::string_view bytes) noexcept;
};

// What an answer has to know of its request.
struct Asker {
  bool http10 = false;
  bool head_request = false;
  bool keep_alive = true;
};

// Not thread-safe, reusable: start() begins another answer.
class Answer {
 public:
  // `text` is the body for Content::echo and Content::check, and stays where it is until the answer is whole.
  void start(const AnswerPlan& plan, const Asker& asker, std::string_view text);
  // An answer of one line of text, framed by length.
  void start_text(int status, std::string_view line, const Asker& asker);
  // The next bytes and what follows them. Not to be called again after reset, stall, keep_open or close.
  void next(Quantum& quantum) noexcept;

 private:
  void begin(const AnswerPlan& plan, std::optional<std::string_view> text) noexcept;
  void write_head(bool interim);
  [[nodiscard]] std::string_view date() noexcept;
  void add_body(Quantum& quantum, std::uint64_t end) noexcept;
  void add_chunk_head(Quantum& quantum, std::uint64_t payload_bytes) noexcept;
  [[nodiscard]] std::string_view run(std::uint64_t end) noexcept;
  [[nodiscard]] std::uint64_t next_stop() const noexcept;
  [[nodiscard]] Then what_follows(Quantum& quantum) noexcept;
  [[nodiscard]] Then finish(Quantum& quantum) noexcept;

  AnswerPlan plan_;
  std::string head_;
  std::string line_;  // of start_text
  std::time_t date_second_ = 0;
  std::array<char, 32> date_{};
  std::optional<std::string_view> text_;  // empty: the pattern
  http::Framing framing_ = http::Framing::none;
  std::uint64_t total_ = 0;   // body bytes that are sent
  std::uint64_t offset_ = 0;  // of them, those in quanta so far
  bool announces_length_ = false;
  bool head_sent_ = false;
  bool keep_alive_ = true;
  bool paused_ = false;
  char flipped_ = 0;
  std::size_t chunk_heads_ = 0;  // in this quantum
  std::array<std::array<char, http::kChunkHeadBytes>, Quantum::kMaxPieces> chunk_head_;
};

}  // namespace baton::load
