// The container's part of environment.hpp: which kind, and the limits of the control groups around this
// process.
#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

#include "harness/measure/environment.hpp"
#include "harness/measure/kernel_text.hpp"
#include "harness/measure/unavailable.hpp"

namespace baton {
namespace {

using Path = std::filesystem::path;
using Json = nlohmann::json;

// A limit of one group: unknown, known to be absent, or a number.
struct Limit {
  bool known = false;
  std::optional<double> value;

  // The tighter of two groups around a process holds.
  void tighten(const Limit& other) {
    known = known || other.known;
    if (other.value) value = std::min(value.value_or(*other.value), *other.value);
  }
  [[nodiscard]] Json json() const {
    return !known ? Json(kUnavailable) : value ? Json(*value) : Json("none");
  }
};

struct Limits {
  Limit cpus;    // CPU seconds per second
  Limit memory;  // bytes
};

// "max 100000" or "50000 100000"; "max" or a number of bytes.
Limits limits_v2(const Path& group) {
  Limits limits;
  if (const auto line = read_line(group / "cpu.max")) {
    limits.cpus.known = true;
    const auto fields = words(*line);
    const auto quota = number(fields[0]);
    const auto period = fields.size() > 1 ? number(fields[1]) : std::nullopt;
    if (quota && period && *period != 0)
      limits.cpus.value = static_cast<double>(*quota) / static_cast<double>(*period);
  }
  if (const auto line = read_line(group / "memory.max")) {
    limits.memory.known = true;
    if (const auto bytes = number(*line)) limits.memory.value = static_cast<double>(*bytes);
  }
  return limits;
}

Limit cpu_limit_v1(const Path& group) {
  const auto quota = read_line(group / "cpu.cfs_quota_us");  // -1: no limit
  const auto period = number(read_line(group / "cpu.cfs_period_us").value_or(""));
  if (!quota || !period || *period == 0) return {};
  const auto microseconds = number(*quota);
  if (!microseconds) return {.known = true, .value = {}};
  return {.known = true, .value = static_cast<double>(*microseconds) / static_cast<double>(*period)};
}

Limit memory_limit_v1(const Path& group) {
  constexpr std::uint64_t kNoLimit = std::uint64_t{1}
                                     << 62U;  // the kernel writes the largest multiple of a page
  const auto bytes = number(read_line(group / "memory.limit_in_bytes").value_or(""));
  if (!bytes) return {};
  if (*bytes >= kNoLimit) return {.known = true, .value = {}};
  return {.known = true, .value = static_cast<double>(*bytes)};
}

// Calls visit(folder) for the group `path` under `mount` and every group around it. Inside a container the
// path may be that of the world outside: folders that do not exist here are passed over.
template <class Visit>
void for_each_group(const Path& mount, std::string_view path, Visit visit) {
  Path group = mount / Path(path).relative_path();
  while (group != mount && group.has_relative_path()) {
    visit(group);
    group = group.parent_path();
  }
  visit(mount);
}

// Whether the comma-separated list has that name.
bool has_controller(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(','));
    if (item == name) return true;
    list.remove_prefix(std::min(item.size() + 1, list.size()));
  }
  return false;
}

// Lines of /proc/self/cgroup: "number:controllers:path"; number 0 without controllers is version 2.
Json control_groups(const Path& root) {
  const std::optional<std::string> text = read_text(root / "proc/self/cgroup");
  if (!text) return {{"version", kUnavailable}, {"cpus", kUnavailable}, {"memory_bytes", kUnavailable}};
  const Path mount = root / "sys/fs/cgroup";
  int version = 2;
  Limits limits;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (controllers.empty()) {
      for_each_group(mount, path, [&](const Path& group) {
        const Limits found = limits_v2(group);
        limits.cpus.tighten(found.cpus);
        limits.memory.tighten(found.memory);
      });
    } else if (has_controller(controllers, "cpu")) {
      version = 1;
      const Path named = mount / controllers;
      std::error_code error;
      for_each_group(std::filesystem::exists(named, error) ? named : mount / "cpu", path,
                     [&](const Path& group) { limits.cpus.tighten(cpu_limit_v1(group)); });
    } else if (has_controller(controllers, "memory")) {
      version = 1;
      for_each_group(mount / "memory", path,
                     [&](const Path& group) { limits.memory.tighten(memory_limit_v1(group)); });
    }
  }
  // The root group of version 2 has no limit files: nothing limits a process there.
  if (version == 2) limits.cpus.known = limits.memory.known = true;
  return {{"version", version}, {"cpus", limits.cpus.json()}, {"memory_bytes", limits.memory.json()}};
}

// The marks that container engines leave. Without any it is called "none", which a hidden one would be, too.
std::string kind(const Path& root) {
  std::error_code error;
  if (std::filesystem::exists(root / ".dockerenv", error)) return "docker";
  if (std::filesystem::exists(root / "run/.containerenv", error)) return "podman";
  return read_line(root / "run/systemd/container").value_or("none");
}

}  // namespace

Json describe_container(const Path& root) { return {{"kind", kind(root)}, {"cgroup", control_groups(root)}}; }

}  // namespace baton
