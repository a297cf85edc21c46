// How much memory a process holds, as the kernel counts it. Any thread may call anything.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace baton {

// From /proc/PID/smaps_rollup and /proc/PID/stat; bytes and counts. Reading costs the kernel about 12 us for
// each resident MiB and holds the process's memory map meanwhile: for phase boundaries, not for the measured
// phase. A field the kernel does not tell is empty.
struct ProcessMemory {
  std::optional<std::uint64_t> rss;
  std::optional<std::uint64_t> pss;        // shared pages divided among their users
  std::optional<std::uint64_t> anonymous;  // heap, stacks, private mappings; LazyFree pages included
  std::optional<std::uint64_t> lazy_free;  // given back by MADV_FREE, taken only when the kernel needs them
  std::optional<std::uint64_t> private_clean;
  std::optional<std::uint64_t> private_dirty;
  std::optional<std::uint64_t> swap;
  std::optional<std::uint64_t> anonymous_huge;  // the part of anonymous in transparent huge pages
  std::optional<std::uint64_t> minor_faults;    // since the process began
  std::optional<std::uint64_t> major_faults;

  // What the process really keeps from others: Anonymous minus LazyFree. RSS counts files and what was given
  // back.
  [[nodiscard]] std::optional<std::uint64_t> held() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> private_total() const noexcept;
  friend bool operator==(const ProcessMemory&, const ProcessMemory&) = default;
};

// pid 0: this process. All fields are empty if there is no such process or its files may not be read.
[[nodiscard]] ProcessMemory read_process_memory(int pid = 0);
[[nodiscard]] ProcessMemory parse_process_memory(std::string_view smaps_rollup, std::string_view stat);
[[nodiscard]] nlohmann::json to_json(const ProcessMemory& memory);

// From /proc/PID/statm, in bytes: about 7 us, for sampling while measuring. Its counters lag behind by up to
// some dozens of pages per thread, and it does not tell LazyFree.
struct QuickMemory {
  std::uint64_t resident = 0;
  std::uint64_t resident_anonymous = 0;  // resident minus file and shared-memory pages
};
[[nodiscard]] std::optional<QuickMemory> read_quick_memory(int pid = 0);
[[nodiscard]] std::optional<QuickMemory> parse_statm(std::string_view statm, std::uint64_t page_bytes);

}  // namespace baton
