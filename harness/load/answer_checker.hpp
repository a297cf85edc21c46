// Compares a stream of answers with what they must be, byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/http/body.hpp"
#include "harness/http/head.hpp"
#include "harness/load/pattern.hpp"

namespace baton::load {

// For one connection. A head that was parsed once is afterwards recognised by comparing bytes: origins answer
// alike.
class AnswerChecker {
 public:
  enum class Status : std::uint8_t { more, complete, wrong };
  struct Fed {
    std::size_t consumed = 0;
    Status status = Status::more;
  };

  // `head_only`: the answer to HEAD.
  void expect(BodyId body, bool head_only = false) noexcept {
    body_ = body;
    head_only_ = head_only;
    offset_ = 0;
    in_body_ = false;
  }
  // Goes on with the answer that is expected; bytes behind its end are not consumed.
  Fed feed(std::string_view bytes);
  [[nodiscard]] std::uint64_t body_offset() const noexcept { return offset_; }
  [[nodiscard]] int status() const noexcept { return status_; }  // of the last head that was parsed
  [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }
  void reset() noexcept;  // the connection was closed

 private:
  Status take_head(std::string_view& bytes);
  Status take_body(std::string_view& bytes);

  BodyId body_;
  bool head_only_ = false;
  std::uint64_t offset_ = 0;
  bool in_body_ = false;
  int status_ = 0;
  bool keep_alive_ = true;
  http::BodyFramer framer_;
  std::string partial_;     // of a head that came in pieces
  std::string known_head_;  // parsed before
  BodyId known_for_;        // and right for this body
  http::Framing known_framing_ = http::Framing::none;
  std::uint64_t known_length_ = 0;
};

}  // namespace baton::load
