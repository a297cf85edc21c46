// However a head is cut into reads, the answer is the same, and no byte behind what was fed is read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fuzz/target.hpp"
#include "harness/http/head.hpp"
#include "tests/http/describe.hpp"

namespace baton::fuzz {

template <class Parser>
http::Parse feed_in_two(Parser& parser, std::string_view bytes, std::size_t cut) {
  const std::string_view rest = bytes.substr(cut);
  set_unreadable(rest, true);
  const http::Parse outcome = parser.feed(bytes.substr(0, cut));
  set_unreadable(rest, false);
  return outcome == http::Parse::incomplete ? parser.feed(rest) : outcome;
}

template <class Parser>
http::Parse feed_byte_by_byte(Parser& parser, std::string_view bytes) {
  http::Parse outcome = http::Parse::incomplete;
  for (std::size_t at = 0; at < bytes.size() && outcome == http::Parse::incomplete; ++at) {
    outcome = parser.feed(bytes.substr(at, 1));
  }
  return outcome;
}

template <class Parser>
void require_same_however_it_is_cut(std::string_view bytes, std::string_view earlier_head) {
  const std::string whole = http::parse_whole<Parser>(bytes);
  Parser parser;
  require(parser.feed(earlier_head) == http::Parse::complete, "the earlier head is good");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    parser.reset();
    const http::Parse outcome = feed_in_two(parser, bytes, cut);
    require(http::describe(parser, outcome) == whole, "a head in two reads parses as if whole");
  }
  parser.reset();
  const http::Parse outcome = feed_byte_by_byte(parser, bytes);
  require(http::describe(parser, outcome) == whole, "a head byte by byte parses as if whole");
}

}  // namespace baton::fuzz
