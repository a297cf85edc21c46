// What the allocators tell about themselves: allocator.hpp's effective_option() and read_allocator_stats().
#include <dlfcn.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "harness/measure/allocator.hpp"
#include "harness/measure/unavailable.hpp"

namespace baton {
namespace {

// Of the process, not of a library: the one in use comes first (find_allocator has seen that it is that one).
template <class F>
F symbol(const char* name) {
  return std::bit_cast<F>(dlsym(RTLD_DEFAULT, name));
}

using Mallctl = int (*)(const char*, void*, std::size_t*, void*, std::size_t);

// jemalloc refuses a read of the wrong size, so the size of T has to be the value's.
template <class T>
std::optional<T> mallctl_value(const std::string& name) {
  static const auto mallctl = symbol<Mallctl>("mallctl");
  T value{};
  std::size_t bytes = sizeof value;
  if (mallctl == nullptr || mallctl(name.c_str(), static_cast<void*>(&value), &bytes, nullptr, 0) != 0 ||
      bytes != sizeof value)
    return std::nullopt;
  return value;
}

std::optional<std::string> jemalloc_option(const std::string& option) {
  constexpr std::array<std::string_view, 5> kTexts = {"dss", "junk", "metadata_thp", "percpu_arena", "thp"};
  const std::string name = "opt." + option;
  if (std::ranges::find(kTexts, option) != kTexts.end()) {
    const auto text = mallctl_value<const char*>(name);
    return text && *text != nullptr ? std::optional<std::string>(*text) : std::nullopt;
  }
  if (const auto flag = mallctl_value<bool>(name)) return *flag ? "true" : "false";
  if (const auto small = mallctl_value<unsigned>(name)) return fmt::format("{}", *small);
  if (const auto number = mallctl_value<std::ptrdiff_t>(name))
    return fmt::format("{}", *number);  // -1: never
  return std::nullopt;
}

// mi_option_get takes a number that changes from version to version: these are 2.0.9's.
std::optional<std::string> mimalloc_option(const AllocatorInfo& allocator, const std::string& option) {
  struct Row {
    std::string_view name;
    int number;
  };
  constexpr std::array<Row, 10> kRows = {{{"eager_commit", 3},
                                          {"large_os_pages", 6},
                                          {"page_reset", 11},
                                          {"abandoned_page_decommit", 12},
                                          {"eager_commit_delay", 14},
                                          {"decommit_delay", 15},
                                          {"max_segment_reclaim", 21},
                                          {"allow_decommit", 22},
                                          {"segment_decommit_delay", 23},
                                          {"decommit_extend_delay", 24}}};
  static const auto get = symbol<long (*)(int)>("mi_option_get");
  const auto* const row = std::ranges::find(kRows, option, &Row::name);
  if (get == nullptr || allocator.version != "2.0.9" || row == kRows.end()) return std::nullopt;
  return fmt::format("{}", get(row->number));
}

std::optional<std::uint64_t> tcmalloc_value(const char* name) {
  using Property = int (*)(const char*, std::size_t*);
  static const auto get = symbol<Property>("MallocExtension_GetNumericProperty");
  std::size_t value = 0;
  if (get == nullptr || get(name, &value) == 0) return std::nullopt;
  return value;
}

std::optional<std::string> tcmalloc_option(std::string_view option) {
  const auto text = [](std::optional<std::uint64_t> value) {
    return value ? std::optional(fmt::format("{}", *value)) : std::nullopt;
  };
  if (option == "max_total_thread_cache_bytes") {
    return text(tcmalloc_value("tcmalloc.max_total_thread_cache_bytes"));
  }
  if (option == "aggressive_decommit") return text(tcmalloc_value("tcmalloc.aggressive_memory_decommit"));
  if (option == "heap_limit_mb") return text(tcmalloc_value("tcmalloc.heap_limit_mb"));
  if (option == "release_rate") {
    static const auto rate = symbol<double (*)()>("MallocExtension_GetMemoryReleaseRate");
    if (rate != nullptr) return fmt::format("{}", rate());
  }
  return std::nullopt;
}

AllocatorStats jemalloc_stats() {
  static const auto mallctl = symbol<Mallctl>("mallctl");
  std::uint64_t epoch = 1;  // its statistics are a snapshot, taken anew by writing here
  if (mallctl != nullptr) mallctl("epoch", nullptr, nullptr, static_cast<void*>(&epoch), sizeof epoch);
  const auto bytes = [](const char* name) -> std::optional<std::uint64_t> {
    return mallctl_value<std::size_t>(name);
  };
  return {.allocated = bytes("stats.allocated"),
          .active = bytes("stats.active"),
          .resident = bytes("stats.resident"),
          .mapped = bytes("stats.mapped"),
          .retained = bytes("stats.retained")};
}

AllocatorStats mimalloc_stats() {
  using Info = void (*)(std::size_t*, std::size_t*, std::size_t*, std::size_t*, std::size_t*, std::size_t*,
                        std::size_t*, std::size_t*);
  static const auto info = symbol<Info>("mi_process_info");
  if (info == nullptr) return {};
  std::size_t committed = 0;
  info(nullptr, nullptr, nullptr, nullptr, nullptr, &committed, nullptr, nullptr);
  return {.allocated = {}, .active = {}, .resident = {}, .mapped = committed, .retained = {}};
}

AllocatorStats tcmalloc_stats() {
  const auto heap = tcmalloc_value("generic.heap_size");
  const auto given_back = tcmalloc_value("tcmalloc.pageheap_unmapped_bytes");
  return {.allocated = tcmalloc_value("generic.current_allocated_bytes"),
          .active = {},
          .resident = tcmalloc_value("generic.total_physical_bytes"),
          .mapped = heap && given_back ? std::optional(*heap - std::min(*heap, *given_back)) : std::nullopt,
          .retained = given_back};
}

AllocatorStats glibc_stats() {
  const struct mallinfo2 info = mallinfo2();  // chunks in thread caches count as allocated
  return {.allocated = info.uordblks + info.hblkhd,
          .active = {},
          .resident = {},
          .mapped = info.arena + info.hblkhd,
          .retained = {}};
}

}  // namespace

std::optional<std::string> effective_option(const AllocatorInfo& allocator, const std::string& option) {
  if (allocator.name == "jemalloc") return jemalloc_option(option);
  if (allocator.name == "mimalloc") return mimalloc_option(allocator, option);
  if (allocator.name == "tcmalloc") return tcmalloc_option(option);
  return std::nullopt;
}

AllocatorStats read_allocator_stats(const AllocatorInfo& allocator) {
  if (allocator.name == "jemalloc") return jemalloc_stats();
  if (allocator.name == "mimalloc") return mimalloc_stats();
  if (allocator.name == "tcmalloc") return tcmalloc_stats();
  if (allocator.name == "glibc") return glibc_stats();
  return {};
}

nlohmann::json to_json(const AllocatorStats& stats) {
  if (!stats.allocated && !stats.active && !stats.resident && !stats.mapped && !stats.retained) {
    return kUnavailable;
  }
  return {{"allocated", or_unavailable(stats.allocated)},
          {"active", or_unavailable(stats.active)},
          {"resident", or_unavailable(stats.resident)},
          {"mapped", or_unavailable(stats.mapped)},
          {"retained", or_unavailable(stats.retained)}};
}

}  // namespace baton
