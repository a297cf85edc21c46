// The allocators Baton knows by name: where Debian has them, how each is told its options, and how it is told
// from others. Any other library that supplies malloc can be named by its path.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baton {

struct KnownAllocator {
  std::string_view name;
  std::string_view package;  // Debian's; empty: comes with the system
  std::string_view summary;
  std::string_view vendor;  // a symbol that only this library has, in the object that supplies malloc
  std::span<const std::string_view> libraries;  // file names to preload, the first found; none for glibc
  std::span<const std::string_view> options;    // names that a plan may set, as in `NAME:OPTION=VALUE`
};

using AllocatorOptions = std::vector<std::pair<std::string, std::string>>;  // name, value; as given

// In the order in which they are shown; glibc first.
[[nodiscard]] std::span<const KnownAllocator> known_allocators() noexcept;
[[nodiscard]] const KnownAllocator* find_known_allocator(std::string_view name) noexcept;  // nullptr: none

// The environment variables, name and value, that set these options: MALLOC_CONF of jemalloc,
// GLIBC_TUNABLES, MIMALLOC_DECOMMIT_DELAY. For a library that is not known the options are variables
// themselves.
[[nodiscard]] AllocatorOptions option_variables(const KnownAllocator* allocator,
                                                const AllocatorOptions& options);
// Whether some allocator reads that variable. A trial's process gets those of its plan and no others.
[[nodiscard]] bool is_allocator_variable(std::string_view name) noexcept;

// The full path of the library to preload; nullopt if it is not installed, or none is needed. Looks into
// LD_LIBRARY_PATH and the system's directories.
[[nodiscard]] std::optional<std::string> find_library(const KnownAllocator& allocator);

// What follows ".so." in the name of the file that a library's name leads to: "2.8" of
// libtbbmalloc_proxy.so.2.8.
[[nodiscard]] std::optional<std::string> version_in_name(const std::string& library);

}  // namespace baton
