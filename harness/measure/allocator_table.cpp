#include "harness/measure/allocator_table.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace baton {
namespace {

using Names = std::string_view;

constexpr std::array<Names, 13> kGlibcOptions = {"arena_max",
                                                 "arena_test",
                                                 "check",
                                                 "hugetlb",
                                                 "mmap_max",
                                                 "mmap_threshold",
                                                 "mxfast",
                                                 "perturb",
                                                 "tcache_count",
                                                 "tcache_max",
                                                 "tcache_unsorted_limit",
                                                 "top_pad",
                                                 "trim_threshold"};
constexpr std::array<Names, 15> kJemallocOptions = {"background_thread",
                                                    "cache_oblivious",
                                                    "dirty_decay_ms",
                                                    "dss",
                                                    "junk",
                                                    "metadata_thp",
                                                    "muzzy_decay_ms",
                                                    "narenas",
                                                    "oversize_threshold",
                                                    "percpu_arena",
                                                    "retain",
                                                    "tcache",
                                                    "tcache_max",
                                                    "thp",
                                                    "zero"};
constexpr std::array<Names, 10> kMimallocOptions = {
    "abandoned_page_decommit", "allow_decommit",      "decommit_delay",
    "decommit_extend_delay",   "eager_commit",        "eager_commit_delay",
    "large_os_pages",          "max_segment_reclaim", "page_reset",
    "segment_decommit_delay"};
constexpr std::array<Names, 6> kTcmallocOptions = {
    "aggressive_decommit", "disable_memory_release",       "heap_limit_mb",
    "release_rate",        "max_total_thread_cache_bytes", "transfer_num_obj"};
constexpr std::array<Names, 2> kTbbOptions = {"set_huge_size_threshold", "use_huge_pages"};

constexpr std::array<Names, 1> kJemallocFiles = {"libjemalloc.so.2"};
constexpr std::array<Names, 2> kMimallocFiles = {"libmimalloc.so.2.0", "libmimalloc.so.2"};
constexpr std::array<Names, 2> kTcmallocFiles = {"libtcmalloc_minimal.so.4", "libtcmalloc.so.4"};
constexpr std::array<Names, 1> kTbbFiles = {"libtbbmalloc_proxy.so.2"};

constexpr std::array<KnownAllocator, 5> kAllocators = {{
    {"glibc", "", "the C library's own (ptmalloc)", "gnu_get_libc_version", {}, kGlibcOptions},
    {"jemalloc", "libjemalloc2", "size classes, arenas, pages given back as they decay", "mallctl",
     kJemallocFiles, kJemallocOptions},
    {"mimalloc", "libmimalloc2.0", "a free list for each page, remote frees on a list of their own",
     "mi_version", kMimallocFiles, kMimallocOptions},
    {"tcmalloc", "libtcmalloc-minimal4", "thread caches over central lists (gperftools)", "tc_version",
     kTcmallocFiles, kTcmallocOptions},
    {"tbbmalloc", "libtbbmalloc2", "oneTBB's scalable allocator, through its malloc proxy",
     "__TBB_malloc_proxy", kTbbFiles, kTbbOptions},
}};

std::string upper(std::string_view prefix, std::string_view name) {
  std::string variable(prefix);
  for (const char letter : name) {
    variable += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return variable;
}

// One variable for all options: "PREFIXnameGLUEvalue", joined.
std::string joined(const AllocatorOptions& options, std::string_view prefix, char glue, char between) {
  std::string text;
  for (const auto& [name, value] : options) {
    if (!text.empty()) text += between;
    text.append(prefix).append(name).append(1, glue).append(value);
  }
  return text;
}

}  // namespace

std::span<const KnownAllocator> known_allocators() noexcept { return kAllocators; }

const KnownAllocator* find_known_allocator(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(kAllocators, name, &KnownAllocator::name);
  return found == kAllocators.end() ? nullptr : found;
}

AllocatorOptions option_variables(const KnownAllocator* allocator, const AllocatorOptions& options) {
  if (options.empty() || allocator == nullptr) return options;
  if (allocator->name == "glibc") return {{"GLIBC_TUNABLES", joined(options, "glibc.malloc.", '=', ':')}};
  if (allocator->name == "jemalloc") return {{"MALLOC_CONF", joined(options, "", ':', ',')}};
  const std::string_view prefix = allocator->name == "mimalloc"   ? "MIMALLOC_"
                                  : allocator->name == "tcmalloc" ? "TCMALLOC_"
                                                                  : "TBB_MALLOC_";
  AllocatorOptions variables;
  for (const auto& [name, value] : options) variables.emplace_back(upper(prefix, name), value);
  return variables;
}

bool is_allocator_variable(std::string_view name) noexcept {
  // MALLOC_ are glibc's old ones (MALLOC_ARENA_MAX) and jemalloc's.
  constexpr std::array<std::string_view, 5> kPrefixes = {"GLIBC_TUNABLES", "MALLOC_", "MIMALLOC_",
                                                         "TCMALLOC_", "TBB_MALLOC_"};
  return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::optional<std::string> find_library(const KnownAllocator& allocator) {
  std::vector<std::string> folders;
  if (const char* given = std::getenv("LD_LIBRARY_PATH"); given != nullptr) {
    const std::string_view list = given;
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(':', begin), list.size());
      if (end != begin) folders.emplace_back(list.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  for (const char* folder : {"/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
                             "/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"}) {
    folders.emplace_back(folder);
  }
  std::error_code ignored;
  for (const std::string& folder : folders) {
    for (const std::string_view file : allocator.libraries) {
      const std::filesystem::path path = std::filesystem::path(folder) / file;
      if (std::filesystem::is_regular_file(path, ignored)) return path.string();
    }
  }
  return std::nullopt;
}

std::optional<std::string> version_in_name(const std::string& library) {
  std::error_code error;
  const std::string file = std::filesystem::canonical(library, error).filename();
  constexpr std::string_view kMark = ".so.";
  const std::size_t mark = file.find(kMark);
  return mark == std::string::npos ? std::nullopt : std::optional(file.substr(mark + kMark.size()));
}

}  // namespace baton
