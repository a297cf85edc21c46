#include "harness/http/head.hpp"

#include "harness/http/fields.hpp"
#include "harness/http/rules.hpp"

namespace baton::http {

const Header* Head::find(std::string_view name) const noexcept {
  for (const Header& header : headers()) {
    if (equals_ignoring_case(header.name, name)) return &header;
  }
  return nullptr;
}

void RequestParser::reset() noexcept {
  machine_.reset();
  head_.method = HTTP_GET;  // an answer to a head that is refused is not one to the HEAD before it
}

Parse RequestParser::feed(std::string_view bytes) noexcept {
  const Parse outcome = machine_.feed(bytes);
  if (outcome != Parse::complete) return outcome;
  const char* const wrong = detail::judge_request(head_, machine_.parser(), machine_.target());
  return wrong == nullptr ? Parse::complete : machine_.reject(wrong);
}

void ResponseParser::reset() noexcept { machine_.reset(); }

Parse ResponseParser::feed(std::string_view bytes) noexcept {
  const Parse outcome = machine_.feed(bytes);
  if (outcome != Parse::complete) return outcome;
  const char* const wrong = detail::judge_response(head_, machine_.parser());
  return wrong == nullptr ? Parse::complete : machine_.reject(wrong);
}

Framing response_framing(llhttp_method_t request_method, const ResponseHead& response) noexcept {
  return request_method == HTTP_HEAD ? Framing::none : response.framing;
}

}  // namespace baton::http
