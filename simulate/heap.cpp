#include "simulate/heap.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace baton::simulate {
namespace {

constexpr std::size_t kGranule = 16;
constexpr std::size_t kAligned = 128;  // of blocks that are to be aligned more than malloc does
constexpr std::size_t kFine = 512;     // up to here a class for each granule, then four for each doubling

struct SizeClass {
  std::size_t index, bytes;
};
SizeClass size_class(std::size_t bytes) noexcept {
  bytes = (std::max<std::size_t>(bytes, 1) + kGranule - 1) / kGranule * kGranule;
  if (bytes <= kFine) return {.index = bytes / kGranule - 1, .bytes = bytes};
  const auto doubling = static_cast<std::size_t>(std::bit_width(bytes - 1) - 1);
  const std::size_t step = (std::size_t{1} << doubling) / 4, below = std::size_t{1} << doubling;
  const std::size_t steps = (bytes - below + step - 1) / step;  // 1 to 4
  constexpr std::size_t kFineClasses = kFine / kGranule, kFineBits = 9;
  return {.index = kFineClasses + (doubling - kFineBits) * 4 + steps - 1, .bytes = below + steps * step};
}

void* reserve(std::size_t bytes) {
  void* const memory =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

}  // namespace

struct Heap::Header {
  std::uint32_t home;
  std::uint32_t index;  // of free_
  Header* next;         // when it is free
};

Heap::Heap(std::size_t line_record_bytes)
    : base_(reinterpret_cast<std::uintptr_t>(reserve(kRegionBytes))),
      line_record_bytes_(line_record_bytes),
      lines_(static_cast<char*>(reserve(kRegionBytes / kLineBytes * line_record_bytes))),
      names_(static_cast<std::uint8_t*>(reserve(kRegionBytes / kNameBytes))),
      next_(base_) {}

Heap::~Heap() {
  ::munmap(reinterpret_cast<void*>(base_), kRegionBytes);
  ::munmap(lines_, kRegionBytes / kLineBytes * line_record_bytes_);
  ::munmap(names_, kRegionBytes / kNameBytes);
}

void Heap::reset() noexcept {
  static constexpr std::size_t kKept = std::size_t{64} << 20U;  // bytes cleared rather than given back
  const std::size_t used = (next_ - base_ + kLineBytes - 1) / kLineBytes * kLineBytes;
  const auto clear = [](void* memory, std::size_t bytes) {
    const std::size_t kept = std::min(bytes, kKept);
    std::memset(memory, 0, kept);
    if (bytes > kept) ::madvise(static_cast<char*>(memory) + kept, bytes - kept, MADV_DONTNEED);
  };
  clear(lines_, used / kLineBytes * line_record_bytes_);
  clear(names_, used / kNameBytes);
  if (used > kKept) ::madvise(reinterpret_cast<void*>(base_ + kKept), used - kKept, MADV_DONTNEED);
  next_ = base_;
  std::ranges::fill(free_, nullptr);
}

void* Heap::allocate(std::size_t bytes, std::size_t alignment, std::uint32_t home) noexcept {
  static_assert(sizeof(Header) == kGranule);
  const SizeClass sized = size_class(bytes);
  const bool aligned = alignment > kGranule;
  if (alignment > kAligned) return nullptr;
  const std::size_t index = 2 * sized.index + (aligned ? 1 : 0);
  if (index >= kClasses) return nullptr;
  if (Header* const header = free_[index]) {
    free_[index] = header->next;
    header->home = home;
    return header + 1;
  }
  std::uintptr_t place = next_ + sizeof(Header);
  if (aligned) place = (place + kAligned - 1) / kAligned * kAligned;
  if (place + sized.bytes > base_ + kRegionBytes) return nullptr;
  next_ = place + sized.bytes;
  Header* const header = reinterpret_cast<Header*>(place) - 1;
  header->home = home;
  header->index = static_cast<std::uint32_t>(index);
  return header + 1;
}

std::uint32_t Heap::deallocate(void* memory) noexcept {
  Header* const header = static_cast<Header*>(memory) - 1;
  header->next = free_[header->index];
  free_[header->index] = header;
  return header->home;
}

}  // namespace baton::simulate
