// Memory of one world: from a region at a fixed place, so that of everything in it line and name are found by
// its address, and everything lies at the same place within its line in every run and every build.
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::simulate {

class Heap {
 public:
  // Throws std::bad_alloc if the host gives no addresses (not memory: that is taken when it is used).
  explicit Heap(std::size_t line_record_bytes);
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap();

  // As it was made.
  void reset() noexcept;
  // nullptr: the region is full. Alignments: up to 128. `home` is whatever the caller wants to know when it
  // is freed.
  void* allocate(std::size_t bytes, std::size_t alignment, std::uint32_t home) noexcept;
  // Returns the home.
  std::uint32_t deallocate(void* memory) noexcept;

  [[nodiscard]] bool has(const void* memory) const noexcept {
    return reinterpret_cast<std::uintptr_t>(memory) - base_ < kRegionBytes;
  }
  static constexpr std::size_t kLineBytes = 64, kNameBytes = 8;
  // Zero at first.
  [[nodiscard]] void* line_record(const void* memory) noexcept {
    return lines_ + (reinterpret_cast<std::uintptr_t>(memory) - base_) / kLineBytes * line_record_bytes_;
  }
  [[nodiscard]] std::uint8_t& name(const void* memory) noexcept {
    return names_[(reinterpret_cast<std::uintptr_t>(memory) - base_) / kNameBytes];
  }

 private:
  static constexpr std::size_t kRegionBytes = std::size_t{1} << 32U;
  struct Header;  // before each block
  static constexpr std::size_t kClasses = 256;

  std::uintptr_t base_;
  std::size_t line_record_bytes_;
  char* lines_;
  std::uint8_t* names_;
  std::uintptr_t next_;
  Header* free_[kClasses] = {};  // by class of size and alignment, last freed first
};

}  // namespace baton::simulate
