// What a request asks of the origin: path and query, read into an AnswerPlan.
//
//   /bytes/N   an answer of N predictable bytes (pattern.hpp)
//   /echo      the request's body
//   /check/N   whether the request's body was the N predictable bytes
// each with the query keys of origin_keys().
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/load/pattern.hpp"

namespace baton::load {

enum class Content : std::uint8_t { bytes, echo, check };

// Offsets count bytes of the body, times are milliseconds.
struct AnswerPlan {
  Content content = Content::bytes;
  BodyId body;  // of the answer (bytes) or of the request (check)
  std::uint64_t status = 200;
  std::uint64_t chunked = 0;
  std::uint64_t chunk_bytes = 8192;
  std::uint64_t close = 0;
  std::uint64_t last = 0;
  std::uint64_t two_writes = 0;
  std::uint64_t piece = 0;  // 0: not in pieces
  std::uint64_t pause_ms = 0;
  std::optional<std::uint64_t> pause_at;
  std::optional<std::uint64_t> stall_at;
  std::optional<std::uint64_t> reset_at;
  std::optional<std::uint64_t> flip_at;
  std::uint64_t lie = 0;
  std::uint64_t hide = 0;
  std::uint64_t interim = 0;
  std::uint64_t head_delay_ms = 0;
  std::uint64_t head_pad = 0;
  std::uint64_t block_ms = 0;
};

// One key of the query. Every value is a number.
struct OriginKey {
  std::string_view name;
  std::string_view help;
  std::uint64_t least;
  std::uint64_t most;
  void (*set)(AnswerPlan& plan, std::uint64_t value);
};
std::span<const OriginKey> origin_keys() noexcept;

struct TargetError {
  int status = 0;  // 0: none; 400 or 404
  std::string message;
};
// Reads a request target in origin-form or absolute-form into `plan`.
TargetError parse_target(std::string_view target, AnswerPlan& plan);

}  // namespace baton::load
