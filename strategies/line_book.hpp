// Which cache lines travel between threads, by name: what a request must pay whatever the machine does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "strategies/parameters.hpp"

namespace baton {

// A write is one that nobody waits for, a store; who modifies has to have the line first (exchange, lock).
enum class Access : std::uint8_t { read, write, modify };

// As if every thread had a core of its own whose cache forgets nothing: a line travels when a thread reads
// what another one wrote since, or writes what another one has a copy of. False sharing is counted like any
// other, under the name of what was reached for. Not synchronised: one thread at a time, as a script runs.
class LineBook {
 public:
  static constexpr std::string_view kStorage = "buffer storage";
  static constexpr std::uint32_t kMaxThreads = 64;  // touched by more, a line is counted as if by one of them

  // Says what lies there, instead of whatever lay there before.
  void name(const void* memory, std::size_t bytes, std::string_view what) {
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    auto next = names_.lower_bound(begin);
    while (next != names_.end() && next->first < begin + bytes) next = names_.erase(next);
    names_[begin] = {.end = begin + bytes, .what = what};
  }
  void touch(const void* memory, std::size_t bytes, Access access, std::uint32_t thread) {
    if (bytes == 0) return;
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    const std::uint64_t self = std::uint64_t{1} << (thread % kMaxThreads);
    std::uint64_t travelled = 0;
    for (auto line = begin / kCacheLineBytes; line <= (begin + bytes - 1) / kCacheLineBytes; ++line) {
      std::uint64_t& holders = holders_[line];
      const bool here = (holders & self) != 0;
      const bool elsewhere = (holders & ~self) != 0;
      if (elsewhere && (!here || access != Access::read)) ++travelled;
      holders = access == Access::read ? holders | self : self;
    }
    if (!counting_ || travelled == 0) return;
    const std::string_view what = name_of(begin);
    transfers_[std::string(what)] += travelled;
    if (access != Access::write && what != kStorage) waited_for_ += travelled;
  }
  void allocated(const void* memory, std::uint32_t thread) { makers_[memory] = thread; }
  void freed(const void* memory, std::uint32_t thread) {
    const auto made = makers_.find(memory);
    if (made == makers_.end()) return;
    if (counting_ && made->second != thread) ++freed_elsewhere_;
    makers_.erase(made);
  }

  // What is touched before only says which thread has which line.
  void count(bool counting) noexcept { counting_ = counting; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& transfers() const noexcept { return transfers_; }
  // Transfers that the thread waits for, but for those of buffers' storage, which come in rows.
  [[nodiscard]] std::uint64_t waited_for() const noexcept { return waited_for_; }
  // Allocations that another thread freed than made them.
  [[nodiscard]] std::uint64_t freed_elsewhere() const noexcept { return freed_elsewhere_; }

 private:
  struct Named {
    std::uintptr_t end = 0;
    std::string_view what;  // a literal
  };

  [[nodiscard]] std::string_view name_of(std::uintptr_t address) const {
    const auto behind = names_.upper_bound(address);
    if (behind == names_.begin()) return "not named";
    const auto& [begin, named] = *std::prev(behind);
    return address < named.end ? named.what : "not named";
  }

  std::map<std::uintptr_t, Named> names_;
  std::unordered_map<std::uintptr_t, std::uint64_t> holders_;  // by line: a bit for each thread
  std::unordered_map<const void*, std::uint32_t> makers_;
  std::map<std::string, std::uint64_t> transfers_;
  std::uint64_t waited_for_ = 0;
  std::uint64_t freed_elsewhere_ = 0;
  bool counting_ = false;
};

// Where this thread's accesses are written down; nullptr: nowhere.
struct LineWitness {
  LineBook* book = nullptr;
  std::uint32_t thread = 0;
};
inline thread_local LineWitness this_thread_lines;

inline void touch(const void* memory, std::size_t bytes, Access access) noexcept {
  if (this_thread_lines.book != nullptr) {
    this_thread_lines.book->touch(memory, bytes, access, this_thread_lines.thread);
  }
}

}  // namespace baton
