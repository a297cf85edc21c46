// Where in the strategies' sources an atomic operation stands, and what it asks for.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace baton::model {

struct Site {
  const char* file;
  const char* function;
  unsigned line;
  // std::source_location is not there in clang 14 with libstdc++ 12; these built-ins are.
  static constexpr Site here(const char* file = __builtin_FILE(), const char* function = __builtin_FUNCTION(),
                             unsigned line = __builtin_LINE()) {
    return {file, function, line};
  }
};

enum class Access : std::uint8_t { load, store, exchange, fetch_add, fetch_sub, cas, cas_failed, wait };

// One memory order of one call site. A compare-exchange has two: when it succeeds and when it fails.
struct OrderSite {
  std::string file;  // without folders
  std::string function;
  unsigned line = 0;
  Access access = Access::load;
  std::memory_order order = std::memory_order_relaxed;

  friend auto operator<=>(const OrderSite&, const OrderSite&) = default;
};

std::string_view to_string(Access access);
std::string_view to_string(std::memory_order order);
// "tagged_stack.hpp:42 pop, compare-exchange that succeeds: acquire"
std::string to_string(const OrderSite& site);

}  // namespace baton::model
