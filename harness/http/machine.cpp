// llhttp's callbacks. Heads that are fed in pieces come back in pieces; what is adjacent in memory is one
// part.
#include "harness/http/head.hpp"

namespace baton::http::detail {
namespace {

constexpr bool is_line_end(char c) noexcept { return c == '\r' || c == '\n'; }

// RFC 9110 section 5.6.2.
constexpr bool is_token(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_behind(std::string_view part, const char* at) noexcept { return part.data() + part.size() == at; }

void extend(std::string_view& part, const char* at, std::size_t bytes) noexcept {
  part =
      is_behind(part, at) ? std::string_view{part.data(), part.size() + bytes} : std::string_view{at, bytes};
}

}  // namespace

struct Machine::Callbacks {
  static Machine& self(llhttp_t* parser) noexcept { return *static_cast<Machine*>(parser->data); }

  static int target(llhttp_t* parser, const char* at, std::size_t bytes) {
    extend(self(parser).target_, at, bytes);
    return HPE_OK;
  }

  static int header_field(llhttp_t* parser, const char* at, std::size_t bytes) {
    Machine& machine = self(parser);
    Head& head = machine.head_;
    if (head.header_count > 0) {
      std::string_view& last = head.header_array[head.header_count - 1].name;
      if (is_behind(last, at)) {  // a colon lies between two names, so this is the rest of one
        extend(last, at, bytes);
        return HPE_OK;
      }
    }
    if (head.header_count == kMaxHeaders) {
      machine.too_large_ = true;
      return HPE_USER;
    }
    head.header_array[head.header_count++] = {{at, bytes}, {}};
    return HPE_OK;
  }

  static int header_value(llhttp_t* parser, const char* at, std::size_t bytes) {
    Head& head = self(parser).head_;
    extend(head.header_array[head.header_count - 1].value, at, bytes);
    return HPE_OK;
  }

  // Pausing here keeps llhttp's hands off whatever lies behind the head, body or next message.
  static int headers_complete(llhttp_t*) { return HPE_PAUSED; }
};

const llhttp_settings_t& Machine::settings() noexcept {
  static const llhttp_settings_t kSettings = [] {
    llhttp_settings_t made;
    llhttp_settings_init(&made);
    made.on_url = Callbacks::target;
    made.on_header_field = Callbacks::header_field;
    made.on_header_value = Callbacks::header_value;
    made.on_headers_complete = Callbacks::headers_complete;
    return made;
  }();
  return kSettings;
}

Machine::Machine(llhttp_type type, Head& head) noexcept : head_(head) {
  llhttp_init(&parser_, type, &settings());
  parser_.data = this;
}

void Machine::reset() noexcept {
  llhttp_reset(&parser_);
  head_.header_count = 0;
  target_ = {};
  begin_ = nullptr;
  skipped_ = 0;
  consumed_ = 0;
  too_large_ = false;
  unknown_method_ = false;
  error_ = "";
}

Parse Machine::feed(std::string_view bytes) noexcept {
  if (begin_ == nullptr) {
    while (!bytes.empty() && is_line_end(bytes.front())) {
      bytes.remove_prefix(1);
      ++skipped_;
    }
    if (bytes.empty()) return Parse::incomplete;
    begin_ = bytes.data();
  }
  const llhttp_errno_t outcome = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (outcome == HPE_OK) return Parse::incomplete;
  if (too_large_) {
    error_ = kTooManyHeaders;
    return Parse::too_large;
  }
  if (outcome == HPE_INVALID_METHOD) {
    const char* at = begin_;
    const char* const end = bytes.data() + bytes.size();
    while (at != end && is_token(*at)) ++at;
    unknown_method_ = at != begin_ && at != end && *at == ' ';
  }
  if (outcome != HPE_PAUSED) return reject(llhttp_get_error_reason(&parser_));
  head_.raw = {begin_, static_cast<std::size_t>(llhttp_get_error_pos(&parser_) - begin_)};
  consumed_ = skipped_ + head_.raw.size();
  return Parse::complete;
}

Parse Machine::reject(const char* why) noexcept {
  error_ = why;
  return Parse::invalid;
}

}  // namespace baton::http::detail
