#include "harness/trace/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace baton::trace {
namespace {

struct Name {
  Role role;
  std::string_view name;
};
// Of one role the better first: the finer time, the address of the client before that of its proxy.
constexpr Name kNames[] = {
    {Role::time, "msec"},        // nginx
    {Role::time, "StartUTC"},    // Traefik
    {Role::time, "start_time"},  // Envoy
    {Role::time, "ts"},          // Caddy
    {Role::time, "@timestamp"},  // Elastic
    {Role::time, "timestamp"},
    {Role::time, "time_iso8601"},  // nginx
    {Role::time, "time_local"},
    {Role::time, "requestTime"},  // Amazon's gateway
    {Role::time, "time"},         // W3C, Apache
    {Role::date, "date"},
    {Role::client, "request.client_ip"},  // Caddy
    {Role::client, "request.remote_ip"},
    {Role::client, "remote_addr"},      // nginx
    {Role::client, "ClientHost"},       // Traefik
    {Role::client, "c-ip"},             // W3C
    {Role::client, "x_forwarded_for"},  // Envoy
    {Role::client, "downstream_remote_address"},
    {Role::client, "remote_ip"},
    {Role::client, "client_ip"},
    {Role::client, "clientip"},
    {Role::client, "ip"},
    {Role::client, "client"},
    {Role::method, "request_method"},
    {Role::method, "request.method"},
    {Role::method, "RequestMethod"},
    {Role::method, "cs-method"},
    {Role::method, "httpMethod"},
    {Role::method, "method"},
    {Role::method, "verb"},
    {Role::request, "request"},
    {Role::target, "request_uri"},
    {Role::target, "request.uri"},
    {Role::target, "RequestPath"},
    {Role::target, "cs-uri"},
    {Role::target, "cs-uri-stem"},
    {Role::target, "uri"},
    {Role::target, "path"},
    {Role::target, "url"},
    {Role::query, "cs-uri-query"},
    {Role::size, "body_bytes_sent"},        // nginx
    {Role::size, "size"},                   // Caddy
    {Role::size, "DownstreamContentSize"},  // Traefik
    {Role::size, "bytes_sent"},             // Envoy
    {Role::size, "sc-bytes"},               // W3C: with the response's head, which is not taken off
    {Role::size, "responseLength"},
    {Role::size, "bytes"},
    {Role::referer, "http_referer"},
    {Role::referer, "request.headers.Referer"},
    {Role::referer, "request_Referer"},
    {Role::referer, "cs(Referer)"},
    {Role::referer, "referer"},
    {Role::referer, "referrer"},
    {Role::agent, "http_user_agent"},
    {Role::agent, "request.headers.User-Agent"},
    {Role::agent, "request_User-Agent"},
    {Role::agent, "cs(User-Agent)"},
    {Role::agent, "user_agent"},
    {Role::agent, "agent"},
};

Role role_named(std::string_view name, std::string_view given) {
  const auto* const found = std::ranges::find(kRoleNames, name);
  if (found == kRoleNames.end())
    throw std::invalid_argument(
        fmt::format("'{}' has '{}' before its '='; valid are {}", given, name, fmt::join(kRoleNames, ", ")));
  return static_cast<Role>(found - kRoleNames.begin());
}

// A whole number, and nothing else.
template <class Number>
bool read_number(std::string_view text, Number& number) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

FieldMap::FieldMap(std::string_view given) {
  std::array<bool, kRoleNames.size()> is_given{};
  for (std::string_view rest = given; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos || equals + 1 == one.size())
      throw std::invalid_argument(
          fmt::format("'{}' is not ROLE=NAME, such as time=ts; several are separated by commas", one));
    const Role role = role_named(one.substr(0, equals), one);
    const std::string_view name = one.substr(equals + 1);
    if (std::exchange(is_given[static_cast<std::size_t>(role)], true))
      throw std::invalid_argument(fmt::format("'{}' gives {} a second name", one, one.substr(0, equals)));
    if (!places_.emplace(name, Place{role, 0}).second)
      throw std::invalid_argument(fmt::format("'{}' gives '{}' a second role", one, name));
  }
  std::uint8_t rank = 0;
  for (const Name& known : kNames) {
    if (!is_given[static_cast<std::size_t>(known.role)]) places_.emplace(known.name, Place{known.role, rank});
    ++rank;
  }
}

std::optional<FieldMap::Place> FieldMap::place_of(std::string_view name) const {
  const auto found = places_.find(name);
  return found == places_.end() ? std::nullopt : std::optional(found->second);
}

void Fields::put(FieldMap::Place place, std::string_view value) noexcept {
  const auto at = static_cast<std::size_t>(place.role);
  if (place.rank >= ranks_[at] || value.empty()) return;
  if (value == "-" && place.role != Role::size) return;
  ranks_[at] = place.rank;
  values_[at] = value;
}

std::optional<Unread> request_of(const Fields& fields, TimeReader& times, LogLine& line) noexcept {
  line.client = fields[Role::client];
  if (line.client.empty()) return Unread::no_client;
  const std::string_view time = fields[Role::time], date = fields[Role::date];
  if (time.empty() || !(times.read(time, line.time) || TimeReader::read(date, time, line.time)))
    return Unread::no_time;
  const std::string_view request = fields[Role::request], method = fields[Role::method];
  std::size_t request_bytes = request.size();
  if (!request.empty()) {
    if (!is_http(request)) return Unread::not_http;
    line.method = method_of(request.substr(0, request.find(' ')));
  } else {
    if (method.empty()) return Unread::no_request;
    if (!is_method(method)) return Unread::not_http;
    line.method = method_of(method);
    constexpr std::size_t kVersion = sizeof(" HTTP/1.1") - 1;
    const std::size_t query = fields[Role::query].size();
    request_bytes = method.size() + 1 + std::max<std::size_t>(fields[Role::target].size(), 1) +
                    (query != 0 ? query + 1 : 0) + kVersion;
  }
  const std::string_view size = fields[Role::size];
  line.body_bytes = 0;
  if (size != "-" && !read_number(size, line.body_bytes)) return Unread::no_size;
  if (!read_number(fields[Role::head], line.head_bytes) || line.head_bytes == 0)
    line.head_bytes =
        request_head_bytes(request_bytes, fields[Role::referer].size(), fields[Role::agent].size());
  return std::nullopt;
}

}  // namespace baton::trace
