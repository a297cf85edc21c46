#include "harness/measure/allocator.hpp"

#include <dlfcn.h>
#include <gnu/libc-version.h>

#include <bit>
#include <cstddef>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "harness/measure/allocator_table.hpp"
#include "harness/measure/unavailable.hpp"

namespace baton {

namespace {

std::string jemalloc_version(void* library) {
  using Mallctl = int (*)(const char*, void*, std::size_t*, void*, std::size_t);
  const auto mallctl = std::bit_cast<Mallctl>(dlsym(library, "mallctl"));
  const char* version = nullptr;
  std::size_t bytes = sizeof version;
  return mallctl != nullptr && mallctl("version", static_cast<void*>(&version), &bytes, nullptr, 0) == 0
             ? version
             : kUnavailable;
}

std::string mimalloc_version(void* library) {
  const auto version = std::bit_cast<int (*)()>(dlsym(library, "mi_version"));
  if (version == nullptr) return kUnavailable;
  const int number = version();  // 209 is 2.0.9
  return fmt::format("{}.{}.{}", number / 100, number / 10 % 10, number % 10);
}

std::string tcmalloc_version(void* library) {
  using Version = const char* (*)(int*, int*, const char**);
  const auto version = std::bit_cast<Version>(dlsym(library, "tc_version"));
  return version == nullptr ? kUnavailable : version(nullptr, nullptr, nullptr);
}

std::string version_of(std::string_view name, void* library, const std::string& file) {
  if (name == "glibc") return gnu_get_libc_version();
  if (name == "jemalloc") return jemalloc_version(library);
  if (name == "mimalloc") return mimalloc_version(library);
  if (name == "tcmalloc") return tcmalloc_version(library);
  return version_in_name(file).value_or(kUnavailable);  // oneTBB has no call that tells it
}

}  // namespace

AllocatorInfo find_allocator() {
  AllocatorInfo found{.name = kUnavailable, .version = kUnavailable, .file = kUnavailable};
  void* const malloc_in_use = dlsym(RTLD_DEFAULT, "malloc");
  Dl_info info{};
  if (malloc_in_use == nullptr || dladdr(malloc_in_use, &info) == 0 || info.dli_fname == nullptr) {
    return found;
  }
  found.file = info.dli_fname;
  found.name = std::filesystem::path(found.file).filename();
  void* const library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) {  // the program itself: a sanitizer's
    return found;
  }
  // dlsym also looks into what the library depends on, so the symbol has to be in the file that malloc is in:
  // a library that is only linked in and does not supply malloc is not taken for it.
  for (const KnownAllocator& known : known_allocators()) {
    void* const vendor = dlsym(library, std::string(known.vendor).c_str());
    Dl_info place{};
    if (vendor != nullptr && dladdr(vendor, &place) != 0 && place.dli_fbase == info.dli_fbase) {
      found.name = known.name;
      found.version = version_of(known.name, library, found.file);
      break;
    }
  }
  dlclose(library);
  return found;
}

}  // namespace baton
