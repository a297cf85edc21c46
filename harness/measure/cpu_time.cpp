#include "harness/measure/cpu_time.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/measure/kernel_text.hpp"

namespace baton {
namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
// Fields of /proc/PID/stat behind the command's name, counted from the state (proc(5) calls that field 3).
constexpr std::size_t kUserTime = 14 - 3;
constexpr std::size_t kSystemTime = 15 - 3;

std::uint64_t to_ns(const timeval& time) noexcept {
  return static_cast<std::uint64_t>(time.tv_sec) * kNsPerSecond +
         static_cast<std::uint64_t>(time.tv_usec) * 1000;
}

CpuUsage usage_of(int who) noexcept {
  rusage usage{};
  getrusage(who, &usage);
  return {.user_ns = to_ns(usage.ru_utime),
          .system_ns = to_ns(usage.ru_stime),
          .voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw),
          .involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw)};
}

std::uint64_t difference(std::uint64_t later, std::uint64_t earlier) noexcept {
  return later > earlier ? later - earlier : 0;
}

double seconds(std::uint64_t ns) noexcept {
  return static_cast<double>(ns) / static_cast<double>(kNsPerSecond);
}

// /proc/PID/status tells the switches of one thread only, so this asks each.
void add_switches(int pid, CpuUsage& usage) {
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator(process_folder(pid) + "/task", error)) {
    const std::string status = read_text(thread.path() / "status").value_or("");  // it may just have ended
    usage.voluntary_switches += field_number(status, "voluntary_ctxt_switches").value_or(0);
    usage.involuntary_switches += field_number(status, "nonvoluntary_ctxt_switches").value_or(0);
  }
}

}  // namespace

CpuUsage& CpuUsage::operator+=(const CpuUsage& other) noexcept {
  user_ns += other.user_ns;
  system_ns += other.system_ns;
  voluntary_switches += other.voluntary_switches;
  involuntary_switches += other.involuntary_switches;
  return *this;
}

CpuUsage operator-(const CpuUsage& later, const CpuUsage& earlier) noexcept {
  return {.user_ns = difference(later.user_ns, earlier.user_ns),
          .system_ns = difference(later.system_ns, earlier.system_ns),
          .voluntary_switches = difference(later.voluntary_switches, earlier.voluntary_switches),
          .involuntary_switches = difference(later.involuntary_switches, earlier.involuntary_switches)};
}

CpuUsage this_thread_usage() noexcept { return usage_of(RUSAGE_THREAD); }

CpuUsage this_process_usage() noexcept { return usage_of(RUSAGE_SELF); }

std::optional<CpuUsage> process_usage(int pid) {
  const std::string stat = read_text(process_folder(pid) + "/stat").value_or("");
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  const std::vector<std::string_view> fields = words(std::string_view(stat).substr(name_end + 1));
  if (fields.size() <= kSystemTime) return std::nullopt;
  const std::optional<std::uint64_t> user = number(fields[kUserTime]);
  const std::optional<std::uint64_t> system = number(fields[kSystemTime]);
  if (!user || !system) return std::nullopt;
  const std::uint64_t ns_per_tick = kNsPerSecond / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  CpuUsage usage{.user_ns = *user * ns_per_tick, .system_ns = *system * ns_per_tick};
  add_switches(pid, usage);
  return usage;
}

nlohmann::json to_json(const CpuUsage& usage) {
  return {{"total_s", seconds(usage.total_ns())},
          {"user_s", seconds(usage.user_ns)},
          {"system_s", seconds(usage.system_ns)},
          {"voluntary_switches", usage.voluntary_switches},
          {"involuntary_switches", usage.involuntary_switches}};
}

}  // namespace baton
