// What llhttp does not judge, or judges more leniently than an intermediary may: RFC 9112's rules against
// heads that two readers could understand differently (request smuggling), and what the header fields mean.
#pragma once

#include <string_view>

#include "harness/http/head.hpp"

namespace baton::http::detail {

// Fills in everything but raw and the headers' places. nullptr, or one phrase that says what is wrong.
const char* judge_request(RequestHead& head, const llhttp_t& parser, std::string_view target) noexcept;
const char* judge_response(ResponseHead& head, const llhttp_t& parser) noexcept;

}  // namespace baton::http::detail
