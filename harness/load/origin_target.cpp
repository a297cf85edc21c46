#include "harness/load/origin_target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace baton::load {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 50U;
constexpr std::uint64_t kMostMs = 3'600'000;
constexpr std::uint64_t kMostHeadPad = std::uint64_t{1} << 20U;
constexpr std::uint64_t kAny = ~std::uint64_t{0};

constexpr std::array kKeys = {
    OriginKey{"seed", "which body of that length", 0, kAny,
              [](AnswerPlan& p, std::uint64_t v) { p.body.seed = v; }},
    OriginKey{"status", "the answer's status; 204 and 304 have no body", 200, 599,
              [](AnswerPlan& p, std::uint64_t v) { p.status = v; }},
    OriginKey{"chunked", "1: chunked, not announced by length", 0, 1,
              [](AnswerPlan& p, std::uint64_t v) { p.chunked = v; }},
    OriginKey{"chunk", "bytes in a chunk", 1, kMostBytes,
              [](AnswerPlan& p, std::uint64_t v) { p.chunk_bytes = v; }},
    OriginKey{"close", "1: no length, the body ends with the connection", 0, 1,
              [](AnswerPlan& p, std::uint64_t v) { p.close = v; }},
    OriginKey{"last", "1: Connection: close, framing as usual", 0, 1,
              [](AnswerPlan& p, std::uint64_t v) { p.last = v; }},
    OriginKey{"two_writes", "1: head and body in a system call each, as nginx sends files", 0, 1,
              [](AnswerPlan& p, std::uint64_t v) { p.two_writes = v; }},
    OriginKey{"piece", "writes the body in pieces of that many bytes", 1, kMostBytes,
              [](AnswerPlan& p, std::uint64_t v) { p.piece = v; }},
    OriginKey{"pause", "milliseconds between pieces, or at pause_at", 0, kMostMs,
              [](AnswerPlan& p, std::uint64_t v) { p.pause_ms = v; }},
    OriginKey{"pause_at", "pauses once, at that offset", 0, kMostBytes,
              [](AnswerPlan& p, std::uint64_t v) { p.pause_at = v; }},
    OriginKey{"stall_at", "sends nothing more from that offset on, until the client leaves", 0, kMostBytes,
              [](AnswerPlan& p, std::uint64_t v) { p.stall_at = v; }},
    OriginKey{"reset_at", "resets the connection at that offset", 0, kMostBytes,
              [](AnswerPlan& p, std::uint64_t v) { p.reset_at = v; }},
    OriginKey{"flip_at", "the byte at that offset is wrong", 0, kMostBytes,
              [](AnswerPlan& p, std::uint64_t v) { p.flip_at = v; }},
    OriginKey{"lie", "announces that many bytes more than it sends, then closes", 0, kMostBytes,
              [](AnswerPlan& p, std::uint64_t v) { p.lie = v; }},
    OriginKey{"hide", "announces that many bytes fewer than it sends", 0, kMostBytes,
              [](AnswerPlan& p, std::uint64_t v) { p.hide = v; }},
    OriginKey{"interim", "1: sends 100 and 103 first (not to HTTP/1.0)", 0, 1,
              [](AnswerPlan& p, std::uint64_t v) { p.interim = v; }},
    OriginKey{"head_delay", "milliseconds before the head", 0, kMostMs,
              [](AnswerPlan& p, std::uint64_t v) { p.head_delay_ms = v; }},
    OriginKey{"head_pad", "bytes of padding in the head", 0, kMostHeadPad,
              [](AnswerPlan& p, std::uint64_t v) { p.head_pad = v; }},
    OriginKey{"block", "milliseconds for which the whole origin stands still, all connections", 0, kMostMs,
              [](AnswerPlan& p, std::uint64_t v) { p.block_ms = v; }},
};

bool parse_number(std::string_view text, std::uint64_t& value) noexcept {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end;
}

TargetError parse_path(std::string_view path, AnswerPlan& plan) {
  if (path == "/echo") {
    plan.content = Content::echo;
    return {};
  }
  for (const auto& [prefix, content] : {std::pair<std::string_view, Content>{"/bytes/", Content::bytes},
                                        std::pair<std::string_view, Content>{"/check/", Content::check}}) {
    if (!path.starts_with(prefix)) continue;
    plan.content = content;
    const std::string_view number = path.substr(prefix.size());
    if (parse_number(number, plan.body.bytes) && plan.body.bytes <= kMostBytes) return {};
    return {400, fmt::format("'{}' in {} is not a number of bytes from 0 to {}", number, path, kMostBytes)};
  }
  return {404, fmt::format("no path {}; valid are /bytes/N, /check/N and /echo", path)};
}

TargetError parse_pair(std::string_view pair, AnswerPlan& plan) {
  const std::size_t equals = std::min(pair.find('='), pair.size());
  const std::string_view name = pair.substr(0, equals);
  const std::string_view text = pair.substr(std::min(equals + 1, pair.size()));
  const auto* const key =
      std::find_if(kKeys.begin(), kKeys.end(), [&](const OriginKey& k) { return k.name == name; });
  if (key == kKeys.end()) {
    std::string valid;
    for (const OriginKey& k : kKeys) fmt::format_to(std::back_inserter(valid), " {}", k.name);
    return {400, fmt::format("unknown key '{}'; valid are{}", name, valid)};
  }
  std::uint64_t value = 0;
  if (!parse_number(text, value) || value < key->least || value > key->most) {
    return {400,
            fmt::format("{} is '{}'; valid are numbers from {} to {}", name, text, key->least, key->most)};
  }
  key->set(plan, value);
  return {};
}

// The path and query of an absolute-form target.
std::string_view without_authority(std::string_view target) noexcept {
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const std::size_t slash = target.find('/', scheme + 3);
  return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
}

}  // namespace

std::span<const OriginKey> origin_keys() noexcept { return kKeys; }

TargetError parse_target(std::string_view target, AnswerPlan& plan) {
  plan = AnswerPlan{};
  target = without_authority(target);
  const std::size_t mark = std::min(target.find('?'), target.size());
  if (TargetError error = parse_path(target.substr(0, mark), plan); error.status != 0) return error;
  std::string_view query = target.substr(std::min(mark + 1, target.size()));
  while (!query.empty()) {
    const std::size_t ampersand = std::min(query.find('&'), query.size());
    if (TargetError error = parse_pair(query.substr(0, ampersand), plan); error.status != 0) return error;
    query.remove_prefix(std::min(ampersand + 1, query.size()));
  }
  return {};
}

}  // namespace baton::load
