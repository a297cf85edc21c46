#include "harness/http/gather.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>

#include "harness/http/fields.hpp"

namespace baton::http::detail {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// A header's line is its name, a colon, blanks, its value and CRLF, and the next line begins right there.
// llhttp lets folded lines and single CRs and LFs through in places; they all leave bytes between the parts
// that are none of these.
bool is_one_line(const Header& header, const char* next_line) noexcept {
  const char* byte = header.name.data() + header.name.size();
  const char* const line_end = next_line - kLineEnd.size();
  const char* const value =
      header.value.empty() ? line_end : header.value.data();  // empty ones have no certain place
  if (*byte++ != ':') return false;
  for (; byte < value; ++byte) {
    if (*byte != ' ' && *byte != '\t') return false;
  }
  return value + header.value.size() == line_end && line_end[0] == '\r' && line_end[1] == '\n';
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Digits only: no sign, no list, no white space inside. Fits a signed 64-bit number, so that sums with it do
// not wrap.
bool read_content_length(std::string_view text, std::uint64_t& value) noexcept {
  if (text.empty() || !is_digit(text.front())) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() &&
         value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

// Fields named in Connection are hop-by-hop too; but not those that frame or route the message, or else a
// client could have them taken away between us and the origin.
void mark_named(Head& head, std::string_view name) noexcept {
  for (std::size_t i = 0; i < head.header_count; ++i) {
    const std::string_view candidate = head.header_array[i].name;
    if (equals_ignoring_case(candidate, name) && classify(candidate) == Field::other)
      head.not_forwarded.set(i);
  }
}

const char* read_connection(Gathered& gathered, std::string_view list) noexcept {
  for (std::string_view option = next_element(list); !option.empty(); option = next_element(list)) {
    if (is(option, "close")) {
      gathered.close = true;
    } else if (is(option, "keep-alive")) {
      gathered.persist = true;
    } else if (++gathered.named > kMaxHeaders) {
      return "Connection names too many fields";
    }
  }
  return nullptr;
}

void mark_all_named(Head& head) noexcept {
  for (std::size_t i = 0; i < head.header_count; ++i) {
    if (classify(head.header_array[i].name) != Field::connection) continue;
    std::string_view list = head.header_array[i].value;
    for (std::string_view name = next_element(list); !name.empty(); name = next_element(list))
      mark_named(head, name);
  }
}

const char* read_field(Head& head, Gathered& gathered, std::size_t index) noexcept {
  const Header& header = head.header_array[index];
  switch (classify(header.name)) {
    case Field::other:
      return nullptr;
    case Field::host:
      if (gathered.host != nullptr) return "more than one Host";
      gathered.host = &header;
      return nullptr;
    case Field::expect:
      gathered.expects_continue |= equals_ignoring_case(header.value, "100-continue");
      head.not_forwarded.set(index);
      return nullptr;
    case Field::connection:
      head.not_forwarded.set(index);
      return read_connection(gathered, header.value);
    case Field::content_length:
      if (head.has_content_length) return "more than one Content-Length";
      head.has_content_length = true;
      head.content_length_index = index;
      return read_content_length(header.value, head.content_length) ? nullptr
                                                                    : "Content-Length is not a number";
    case Field::transfer_encoding:
      if (gathered.chunked) return "more than one Transfer-Encoding";
      gathered.chunked = is(header.value, "chunked");
      gathered.transfer_encoding_index = index;
      return gathered.chunked ? nullptr : "Transfer-Encoding is not chunked";
    case Field::hop_by_hop:
      head.not_forwarded.set(index);
      return nullptr;
  }
  return nullptr;
}

}  // namespace

const char* gather(Head& head, Gathered& gathered, const char* start_line_end) noexcept {
  head.not_forwarded.reset();
  head.has_content_length = false;
  head.content_length = 0;
  const char* const headers_end = head.raw.data() + head.raw.size() - kLineEnd.size();
  if (!std::string_view{headers_end, kLineEnd.size()}.starts_with(kLineEnd)) return kBadLine;
  const char* const first_line = head.header_count > 0 ? head.header_array[0].name.data() : headers_end;
  if (first_line != start_line_end) return kBadLine;
  for (std::size_t i = 0; i < head.header_count; ++i) {
    Header& header = head.header_array[i];
    if (header.name.empty()) return "a header without a name";
    if (!is_one_line(header,
                     i + 1 < head.header_count ? head.header_array[i + 1].name.data() : headers_end)) {
      return kBadLine;
    }
    header.value = trim(header.value);
    if (const char* wrong = read_field(head, gathered, i)) return wrong;
  }
  if (gathered.named > 0) mark_all_named(head);
  if (gathered.chunked && head.has_content_length) return "both Content-Length and Transfer-Encoding";
  if (gathered.chunked && head.version_minor == 0) return "Transfer-Encoding in HTTP/1.0";
  head.keep_alive = !gathered.close && (head.version_minor >= 1 || gathered.persist);
  return nullptr;
}

}  // namespace baton::http::detail
