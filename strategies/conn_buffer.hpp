// A connection's receive buffer: storage, and the range of bytes read but not yet consumed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace baton {

// What the pipeline sees of a conn buffer. A strategy may derive from it to add links of its own; those never
// lie in the storage, because a late reader may still read that.
//
//   storage            begin              end          capacity
//   | consumed ........ | unread (read-ahead) | free ....... |
//
// Threads: whoever owns the buffer (see contract.hpp) may call anything here; nobody else may call or read
// anything.
struct ConnBuffer {
  char* storage = nullptr;       // cache-line aligned, `capacity` bytes
  std::uint32_t capacity = 0;    // bytes
  std::uint32_t begin = 0;       // first unread byte
  std::uint32_t end = 0;         // one past the last unread byte
  std::uint32_t generation = 0;  // of the size setting the storage was made under

  [[nodiscard]] bool has_unread() const noexcept { return begin != end; }
  [[nodiscard]] std::size_t unread_bytes() const noexcept { return end - begin; }
  [[nodiscard]] std::string_view unread() const noexcept { return {storage + begin, unread_bytes()}; }
  // To be written to, so not of a const buffer.
  [[nodiscard]] char* free_space() noexcept {  // NOLINT(readability-make-member-function-const)
    return storage + end;
  }
  [[nodiscard]] std::size_t free_bytes() const noexcept { return capacity - end; }

  void clear() noexcept { begin = end = 0; }
  void filled(std::size_t bytes) noexcept { end += static_cast<std::uint32_t>(bytes); }
  // Consuming the last byte leaves "no read-ahead": both ends return to 0, so that the next read has the
  // whole storage.
  void consume(std::size_t bytes) noexcept {
    begin += static_cast<std::uint32_t>(bytes);
    if (begin == end) {
      clear();
    }
  }
  // Moves the unread bytes to the front, so that a head that straddles the end can be completed.
  // Invalidates views.
  void compact() noexcept {
    if (begin != 0) {
      std::memmove(storage, storage + begin, unread_bytes());
      end -= begin;
      begin = 0;
    }
  }
  // Appends bytes; false, and nothing changed, if they do not fit.
  [[nodiscard]] bool append(std::string_view bytes) noexcept {
    if (bytes.size() > free_bytes()) {
      return false;
    }
    std::memcpy(free_space(), bytes.data(), bytes.size());
    filled(bytes.size());
    return true;
  }
};

}  // namespace baton
