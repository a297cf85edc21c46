// Which allocator this process runs with: found, not believed; and what that allocator tells about itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace baton {

struct AllocatorInfo {
  std::string
      name;  // glibc, jemalloc, mimalloc, tcmalloc, tbbmalloc, or the file name of what supplies malloc
  std::string version;  // as it tells itself; tbbmalloc's from its file's name; or "unavailable"
  std::string file;     // that malloc comes from
};

// Asks the dynamic linker where malloc comes from, and that library for a symbol only its vendor has. Any
// thread.
[[nodiscard]] AllocatorInfo find_allocator();

// The value in force of an option (allocator_table.hpp), as text; nullopt where the allocator cannot be
// asked.
[[nodiscard]] std::optional<std::string> effective_option(const AllocatorInfo& allocator,
                                                          const std::string& option);

// Bytes as the allocator counts them. What it does not count is empty.
struct AllocatorStats {
  std::optional<std::uint64_t> allocated;  // the program holds them
  std::optional<std::uint64_t> active;     // in pages of which the program holds a part
  std::optional<std::uint64_t> resident;   // in physical memory on its behalf
  std::optional<std::uint64_t> mapped;     // taken from the kernel, and not given back
  std::optional<std::uint64_t> retained;   // address space kept whose memory was given back
};

// Any thread. Walks the arenas under their locks (some 10 us to milliseconds): at phase boundaries, not while
// measuring.
[[nodiscard]] AllocatorStats read_allocator_stats(const AllocatorInfo& allocator);

// allocated, active, resident, mapped, retained; "unavailable" if it counts nothing.
[[nodiscard]] nlohmann::json to_json(const AllocatorStats& stats);

}  // namespace baton
