#include "harness/measure/environment.hpp"

#include <sched.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>

#include "harness/measure/clock.hpp"
#include "harness/measure/kernel_text.hpp"
#include "harness/measure/topology.hpp"
#include "harness/measure/unavailable.hpp"

namespace baton {
namespace {

using Path = std::filesystem::path;
using Json = nlohmann::json;

Json limit_or_none(rlim_t limit) { return limit == RLIM_INFINITY ? Json("none") : Json(limit); }

// PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
std::optional<std::string> distribution(const Path& root) {
  constexpr std::string_view kKey = "PRETTY_NAME=";
  std::istringstream lines(read_text(root / "etc/os-release").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kKey)) continue;
    std::string name = line.substr(kKey.size());
    std::erase(name, '"');
    return name;
  }
  return std::nullopt;
}

std::optional<std::string> huge_page_option(const Path& root, const char* name) {
  return chosen_option(read_line(root / "sys/kernel/mm/transparent_hugepage" / name).value_or(""));
}

}  // namespace

Json describe_environment(const Path& root) {
  return {{"kernel", describe_kernel(root)}, {"cpu", describe_processor(root)},
          {"clock", describe_clock(root)},   {"topology", to_json(read_topology())},
          {"memory", describe_memory(root)}, {"aslr", describe_aslr(root)},
          {"limits", describe_limits()},     {"container", describe_container(root)},
          {"load", describe_load(root)}};
}

Json take_passing(Json& environment) {
  Json passing = Json::object();
  for (const char* const place : {"/load", "/memory/available_bytes", "/cpu/mhz", "/clock/ns_per_tick"}) {
    const Json::json_pointer at(place);
    if (!environment.contains(at)) continue;
    passing[at] = std::move(environment[at]);
    environment[at.parent_pointer()].erase(at.back());
  }
  return passing;
}

Json describe_kernel(const Path& root) {
  utsname name{};
  if (uname(&name) != 0) return kUnavailable;
  return {{"name", name.sysname},
          {"release", name.release},
          {"version", name.version},
          {"architecture", name.machine},
          {"distribution", or_unavailable(distribution(root))}};
}

Json describe_clock(const Path& root) {
  const TickClock& clock = TickClock::shared();
  const Path folder = root / "sys/devices/system/clocksource/clocksource0";
  const bool is_tsc = clock.source() == TickClock::Source::tsc;
  return {{"source", or_unavailable(read_line(folder / "current_clocksource"))},
          {"stamps", to_string(clock.source())},
          {"stamps_note", is_tsc ? Json(nullptr) : Json(clock.fallback_reason())},
          {"ns_per_tick", clock.ns_per_tick()}};
}

Json describe_memory(const Path& root) {
  const std::string info = read_text(root / "proc/meminfo").value_or("");
  return {
      {"total_bytes", or_unavailable(field_bytes(info, "MemTotal"))},
      {"available_bytes", or_unavailable(field_bytes(info, "MemAvailable"))},
      {"swap_bytes", or_unavailable(field_bytes(info, "SwapTotal"))},
      {"page_bytes", sysconf(_SC_PAGESIZE)},
      {"transparent_huge_pages", or_unavailable(huge_page_option(root, "enabled"))},
      {"transparent_huge_pages_defrag", or_unavailable(huge_page_option(root, "defrag"))},
      {"overcommit", or_unavailable(number(read_line(root / "proc/sys/vm/overcommit_memory").value_or("")))}};
}

// 0 off, 1 stacks and mappings, 2 the heap too. `setarch -R` switches it off for one process.
Json describe_aslr(const Path& root) {
  const int persona = personality(0xffffffffU);  // asks, changes nothing
  return {
      {"kernel", or_unavailable(number(read_line(root / "proc/sys/kernel/randomize_va_space").value_or("")))},
      {"off_for_this_process",
       persona < 0 ? Json(kUnavailable) : Json((static_cast<unsigned>(persona) & ADDR_NO_RANDOMIZE) != 0)}};
}

Json describe_limits() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return {{"open_files", kUnavailable}, {"open_files_hard", kUnavailable}};
  return {{"open_files", limit_or_none(files.rlim_cur)}, {"open_files_hard", limit_or_none(files.rlim_max)}};
}

Json describe_load(const Path& root) {
  Json load = {{"average_1", kUnavailable}, {"average_5", kUnavailable}, {"average_15", kUnavailable}};
  double one = 0;
  double five = 0;
  double fifteen = 0;
  std::istringstream averages(read_line(root / "proc/loadavg").value_or(""));
  if (averages >> one >> five >> fifteen) {
    load = {{"average_1", one}, {"average_5", five}, {"average_15", fifteen}};
  }
  const std::optional<CpuTicks> ticks = read_cpu_ticks(root);
  load["steal_share_since_start"] =
      ticks && ticks->total() != 0
          ? Json(static_cast<double>(ticks->steal) / static_cast<double>(ticks->total()))
          : Json(kUnavailable);
  return load;
}

unsigned usable_cpus() noexcept {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) == 0)
    return static_cast<unsigned>(std::max(CPU_COUNT(&mask), 1));
  return static_cast<unsigned>(
      std::max(sysconf(_SC_NPROCESSORS_ONLN), 1L));  // more CPUs than the mask has bits
}

std::uint64_t open_file_limit() noexcept {
  rlimit files{};
  constexpr std::uint64_t kPosixMinimum = 20;
  return getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : kPosixMinimum;
}

std::optional<CpuTicks> read_cpu_ticks(const Path& root) {
  // "cpu  user nice system idle iowait irq softirq steal guest guest_nice"
  constexpr std::size_t kNeeded = 9;
  const std::string line = read_line(root / "proc/stat").value_or("");
  const std::vector<std::string_view> fields = words(line);
  if (fields.size() < kNeeded || fields[0] != "cpu") return std::nullopt;
  const auto at = [&](std::size_t i) { return number(fields[i]).value_or(0); };
  return CpuTicks{.busy = at(1) + at(2) + at(3) + at(6) + at(7), .idle = at(4) + at(5), .steal = at(8)};
}

}  // namespace baton
