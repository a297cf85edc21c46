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
std::string parse_in_two(std::string_view bytes, std::size_t cut) {
  Parser parser;
  http::Parse outcome = parser.feed(bytes.substr(0, cut));
  if (outcome == http::Parse::incomplete) outcome = parser.feed(bytes.substr(cut));
  return http::describe(parser, outcome);
}

template <class Parser>
std::string parse_byte_by_byte(std::string_view bytes) {
  Parser parser;
  http::Parse outcome = http::Parse::incomplete;
  for (std::size_t at = 0; at < bytes.size() && outcome == http::Parse::incomplete; ++at) {
    outcome = parser.feed(bytes.substr(at, 1));
  }
  return http::describe(parser, outcome);
}

template <class Parser>
void require_same_however_it_is_cut(std::string_view bytes, std::string_view earlier_head) {
  const std::string whole = http::parse_whole<Parser>(bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    require(parse_in_two<Parser>(bytes, cut) == whole, "a head in two reads parses as if whole");
    const Exact prefix(bytes.substr(0, cut));
    http::parse_whole<Parser>(prefix.view());
  }
  require(parse_byte_by_byte<Parser>(bytes) == whole, "a head byte by byte parses as if whole");
  Parser reused;
  require(reused.feed(earlier_head) == http::Parse::complete, "the earlier head is good");
  reused.reset();
  require(http::describe(reused, reused.feed(bytes)) == whole, "a parser forgets the head before");
}

}  // namespace baton::fuzz
