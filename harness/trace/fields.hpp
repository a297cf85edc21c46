// Logs whose fields have names (W3C, JSON lines): which of them says what of a request.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/trace/log_line.hpp"
#include "harness/trace/log_time.hpp"

namespace baton::trace {

enum class Role : std::uint8_t {
  time,    // when it came; of a W3C log the clock
  date,    // of a W3C log, when `time` is the clock only
  client,  // whose it was: an address, or anything else that tells clients apart
  method,
  request,  // the request line: method, target, version
  target,
  query,  // where it is not in the target
  size,   // bytes of the response
  head,   // bytes of the request's head; without it, it is made up, see request_head_bytes
  referer,
  agent
};
inline constexpr std::array<std::string_view, 11> kRoleNames = {
    "time", "date", "client", "method", "request", "target", "query", "size", "head", "referer", "agent"};

class FieldMap {
 public:
  // The names that servers give them; see fields.cpp.
  FieldMap() : FieldMap(std::string_view{}) {}
  // "time=ts,client=request.remote_ip": these roles have these names and no other; a name within an object
  // of a JSON line has the object's before it, and a point. Throws std::invalid_argument that says what is
  // wrong and what is valid.
  explicit FieldMap(std::string_view given);

  struct Place {
    Role role;
    std::uint8_t rank;  // of several names of one role that a line has, the lowest is taken
  };
  [[nodiscard]] std::optional<Place> place_of(std::string_view name) const;

 private:
  std::map<std::string, Place, std::less<>> places_;
};

// What one line says, by role: views into it. Nothing, or "-", is what it does not say.
class Fields {
 public:
  void clear() noexcept { ranks_.fill(kNone); }
  void put(FieldMap::Place place, std::string_view value) noexcept;
  [[nodiscard]] std::string_view operator[](Role role) const noexcept {
    const auto at = static_cast<std::size_t>(role);
    return ranks_[at] == kNone ? std::string_view{} : values_[at];
  }

 private:
  static constexpr std::uint8_t kNone = 255;
  std::array<std::string_view, kRoleNames.size()> values_{};
  std::array<std::uint8_t, kRoleNames.size()> ranks_{};
};

// A request of what the line says. Why not, if it does not say enough.
std::optional<Unread> request_of(const Fields& fields, TimeReader& times, LogLine& line) noexcept;

}  // namespace baton::trace
