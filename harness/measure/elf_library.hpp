// Whether a file can be preloaded at all. The dynamic linker only warns about one that it cannot load and
// goes on without it, which would measure the wrong allocator.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace baton {

// Why this program cannot load the file as a shared library, a phrase behind its name ("is not there", "is
// built for AArch64, this program for x86-64"); nullopt if its header says that it can.
[[nodiscard]] std::optional<std::string> why_not_loadable(const std::filesystem::path& file);

}  // namespace baton
