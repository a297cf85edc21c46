#include "harness/measure/process_memory.hpp"

#include <unistd.h>

#include <string>
#include <vector>

#include "harness/measure/kernel_text.hpp"
#include "harness/measure/unavailable.hpp"

namespace baton {
namespace {

// Fields of /proc/PID/stat behind the command's name, counted from the state (proc(5) calls that field 3).
constexpr std::size_t kMinorFaults = 10 - 3;
constexpr std::size_t kMajorFaults = 12 - 3;

}  // namespace

std::optional<std::uint64_t> ProcessMemory::held() const noexcept {
  if (!anonymous || !lazy_free) return std::nullopt;
  // The two are sums over mappings that change meanwhile.
  return *anonymous > *lazy_free ? *anonymous - *lazy_free : 0;
}

std::optional<std::uint64_t> ProcessMemory::private_total() const noexcept {
  if (!private_clean || !private_dirty) return std::nullopt;
  return *private_clean + *private_dirty;
}

ProcessMemory parse_process_memory(std::string_view smaps_rollup, std::string_view stat) {
  ProcessMemory memory{
      .rss = field_bytes(smaps_rollup, "Rss"),
      .pss = field_bytes(smaps_rollup, "Pss"),
      .anonymous = field_bytes(smaps_rollup, "Anonymous"),
      .lazy_free = field_bytes(smaps_rollup, "LazyFree"),
      .private_clean = field_bytes(smaps_rollup, "Private_Clean"),
      .private_dirty = field_bytes(smaps_rollup, "Private_Dirty"),
      .swap = field_bytes(smaps_rollup, "Swap"),
      .anonymous_huge = field_bytes(smaps_rollup, "AnonHugePages"),
      .minor_faults = {},
      .major_faults = {},
  };
  // The name stands in brackets and may itself contain brackets and blanks.
  if (const std::size_t name_end = stat.rfind(')'); name_end != std::string_view::npos) {
    const std::vector<std::string_view> fields = words(stat.substr(name_end + 1));
    if (fields.size() > kMajorFaults) {
      memory.minor_faults = number(fields[kMinorFaults]);
      memory.major_faults = number(fields[kMajorFaults]);
    }
  }
  return memory;
}

ProcessMemory read_process_memory(int pid) {
  const std::string folder = process_folder(pid);
  return parse_process_memory(read_text(folder + "/smaps_rollup").value_or(""),
                              read_text(folder + "/stat").value_or(""));
}

nlohmann::json to_json(const ProcessMemory& memory) {
  if (memory == ProcessMemory{}) return kUnavailable;
  return {{"rss", or_unavailable(memory.rss)},
          {"pss", or_unavailable(memory.pss)},
          {"anonymous", or_unavailable(memory.anonymous)},
          {"lazy_free", or_unavailable(memory.lazy_free)},
          {"held", or_unavailable(memory.held())},
          {"private_clean", or_unavailable(memory.private_clean)},
          {"private_dirty", or_unavailable(memory.private_dirty)},
          {"swap", or_unavailable(memory.swap)},
          {"anonymous_huge", or_unavailable(memory.anonymous_huge)},
          {"minor_faults", or_unavailable(memory.minor_faults)},
          {"major_faults", or_unavailable(memory.major_faults)}};
}

std::optional<QuickMemory> parse_statm(std::string_view statm, std::uint64_t page_bytes) {
  const std::vector<std::string_view> fields =
      words(statm);  // size resident shared text lib data dt, in pages
  if (fields.size() < 3) return std::nullopt;
  const std::optional<std::uint64_t> resident = number(fields[1]);
  const std::optional<std::uint64_t> shared = number(fields[2]);
  if (!resident || !shared) return std::nullopt;
  const std::uint64_t anonymous = *resident > *shared ? *resident - *shared : 0;
  return QuickMemory{.resident = *resident * page_bytes, .resident_anonymous = anonymous * page_bytes};
}

std::optional<QuickMemory> read_quick_memory(int pid) {
  static const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const std::optional<std::string> statm = read_text(process_folder(pid) + "/statm");
  return statm ? parse_statm(*statm, page_bytes) : std::nullopt;
}

}  // namespace baton
