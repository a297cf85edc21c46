// Which allocator this process runs with: found, not believed.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace baton {

struct AllocatorInfo {
  std::string
      name;  // glibc, jemalloc, mimalloc, tcmalloc, tbbmalloc, or the file name of what supplies malloc
  std::string version;  // as it tells itself, or "unavailable"
  std::string library;  // the file that malloc comes from
};

// Asks the dynamic linker where malloc comes from, and that library for a symbol only its vendor has. Any
// thread.
AllocatorInfo find_allocator();
nlohmann::json to_json(const AllocatorInfo& allocator);

}  // namespace baton
