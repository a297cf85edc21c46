// What a parser made of its input, as one text, so that two ways of feeding it can be compared whole.
#pragma once

#include <string>

#include "harness/http/head.hpp"

namespace baton::http {

inline std::string describe_head(const Head& head) {
  std::string text = "version 1." + std::to_string(head.version_minor) + " framing " +
                     std::to_string(static_cast<int>(head.framing)) + " length " +
                     (head.has_content_length ? std::to_string(head.content_length) : "none") +
                     (head.keep_alive ? " keep-alive" : " close") + " raw [" + std::string(head.raw) + "]\n";
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const Header& header = head.header_array[i];
    text.append("[").append(header.name).append("]=[").append(header.value).append("]");
    text.append(head.not_forwarded.test(i) ? " dropped\n" : "\n");
  }
  return text;
}

inline std::string describe(const RequestParser& parser, Parse outcome) {
  if (outcome == Parse::invalid) return std::string("invalid: ") + parser.error();
  if (outcome != Parse::complete) return outcome == Parse::incomplete ? "incomplete" : "too large";
  const RequestHead& head = parser.head();
  return "consumed " + std::to_string(parser.consumed()) + " " + std::string(head.method_name) + " " +
         llhttp_method_name(head.method) + " [" + std::string(head.target) + "] host [" +
         std::string(head.host) + (head.expects_continue ? "] expects\n" : "]\n") + describe_head(head);
}

inline std::string describe(const ResponseParser& parser, Parse outcome) {
  if (outcome == Parse::invalid) return std::string("invalid: ") + parser.error();
  if (outcome != Parse::complete) return outcome == Parse::incomplete ? "incomplete" : "too large";
  const ResponseHead& head = parser.head();
  return "consumed " + std::to_string(parser.consumed()) + " " + std::to_string(head.status) + " [" +
         std::string(head.reason) + "]\n" + describe_head(head);
}

// Feeds `bytes` whole and says what came of it.
template <class Parser>
std::string parse_whole(std::string_view bytes) {
  Parser parser;
  return describe(parser, parser.feed(bytes));
}

}  // namespace baton::http
