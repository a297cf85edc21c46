#include "harness/measure/allocator.hpp"

#include <dlfcn.h>
#include <gnu/libc-version.h>

#include <bit>
#include <cstddef>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

namespace baton {

namespace {

// A symbol of that library alone, so that a library that is only linked in, and does not supply malloc, is
// not taken for it.
template <class F>
F symbol(void* library, const char* name) {
  return std::bit_cast<F>(dlsym(library, name));
}

std::string jemalloc_version(void* library) {
  using Mallctl = int (*)(const char*, void*, std::size_t*, void*, std::size_t);
  const auto mallctl = symbol<Mallctl>(library, "mallctl");
  const char* version = nullptr;
  std::size_t bytes = sizeof version;
  return mallctl != nullptr && mallctl("version", static_cast<void*>(&version), &bytes, nullptr, 0) == 0
             ? version
             : "unavailable";
}

std::string mimalloc_version(void* library) {
  const auto version = symbol<int (*)()>(library, "mi_version");
  if (version == nullptr) {
    return "unavailable";
  }
  const int number = version();  // 209 is 2.0.9
  return fmt::format("{}.{}.{}", number / 100, number / 10 % 10, number % 10);
}

std::string tcmalloc_version(void* library) {
  using Version = const char* (*)(int*, int*, const char**);
  const auto version = symbol<Version>(library, "tc_version");
  return version == nullptr ? "unavailable" : version(nullptr, nullptr, nullptr);
}

}  // namespace

AllocatorInfo find_allocator() {
  AllocatorInfo found{.name = "unavailable", .version = "unavailable", .library = "unavailable"};
  void* const malloc_in_use = dlsym(RTLD_DEFAULT, "malloc");
  Dl_info info{};
  if (malloc_in_use == nullptr || dladdr(malloc_in_use, &info) == 0 || info.dli_fname == nullptr) {
    return found;
  }
  found.library = info.dli_fname;
  found.name = std::filesystem::path(found.library).filename();
  void* const library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) {  // the program itself: a sanitizer's
    return found;
  }
  const auto has = [library](const char* name) { return dlsym(library, name) != nullptr; };
  if (has("gnu_get_libc_version")) {
    found.name = "glibc";
    found.version = gnu_get_libc_version();
  } else if (has("mallctl")) {
    found.name = "jemalloc";
    found.version = jemalloc_version(library);
  } else if (has("mi_version")) {
    found.name = "mimalloc";
    found.version = mimalloc_version(library);
  } else if (has("tc_version")) {
    found.name = "tcmalloc";
    found.version = tcmalloc_version(library);
  } else if (has("__TBB_malloc_proxy") || has("scalable_malloc")) {
    found.name = "tbbmalloc";
  }
  dlclose(library);
  return found;
}

nlohmann::json to_json(const AllocatorInfo& allocator) {
  return {{"name", allocator.name}, {"version", allocator.version}, {"library", allocator.library}};
}

}  // namespace baton
