// Reads the answers on one connection and says of each what became of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/http/body.hpp"
#include "harness/http/head.hpp"
#include "harness/load/exchange.hpp"

namespace baton::load {

class AnswerReader {
 public:
  enum class Outcome : std::uint8_t {
    more,     // feed it what comes next
    right,    // whole and as expected
    wrong,    // whole, and not what was asked for: reason()
    failed,   // whole, but with another status: reason(); the connection may go on
    broken,   // not an answer, or not a whole one: reason(); the connection cannot go on
    hang_up,  // the client leaves here
  };

  // `parser` is scratch that the connections of a thread share: a head is parsed in one go, or anew when more
  // of it came.
  explicit AnswerReader(http::ResponseParser& parser) noexcept : parser_(&parser) {}

  // The next answer belongs to `exchange`, which stays until its outcome is known.
  void expect(const Exchange& exchange) noexcept;
  // Goes on with it and takes off `bytes` what belongs to it.
  Outcome feed(std::string_view& bytes);
  // The server closed the connection.
  Outcome at_close();
  void reset() noexcept;  // another connection begins

  [[nodiscard]] std::string_view reason() const noexcept { return reason_; }
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }  // after the last answer
  [[nodiscard]] std::uint64_t body_bytes() const noexcept { return offset_; }

 private:
  Outcome read_head(std::string_view& bytes);
  Outcome read_body(std::string_view& bytes);
  Outcome begin_body();
  Outcome complete();
  Outcome end(Outcome outcome, std::string_view reason);

  http::ResponseParser* parser_;
  const Exchange* exchange_ = nullptr;
  http::BodyFramer framer_;
  std::string partial_head_;
  std::string reason_;
  std::uint64_t offset_ = 0;
  int status_ = 0;
  bool in_body_ = false;
  bool keep_alive_ = true;
  bool byte_wrong_ = false;
  bool length_wrong_ = false;  // as announced
};

}  // namespace baton::load
