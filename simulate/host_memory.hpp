// Memory for what a world needs itself, while `new` takes the world's (memory.cpp).
#pragma once

#include <cstddef>
#include <cstdlib>
#include <vector>

namespace baton::simulate {

template <class T>
struct HostAllocator {
  using value_type = T;
  HostAllocator() = default;
  template <class U>
  HostAllocator(const HostAllocator<U>& /*other*/) noexcept {}  // NOLINT(google-explicit-constructor)
  T* allocate(std::size_t n) {
    // NOLINTNEXTLINE(bugprone-sizeof-expression): T may be a pointer, and is what is to be stored
    void* const memory = std::malloc(n * sizeof(T));
    if (memory == nullptr) std::abort();
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t /*n*/) noexcept { std::free(memory); }
  friend bool operator==(const HostAllocator&, const HostAllocator&) noexcept { return true; }
};
template <class T>
using HostVector = std::vector<T, HostAllocator<T>>;

}  // namespace baton::simulate
