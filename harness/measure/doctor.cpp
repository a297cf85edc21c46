#include "harness/measure/doctor.hpp"

#include <chrono>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "harness/measure/allocator_table.hpp"
#include "harness/measure/build_info.hpp"
#include "harness/measure/calibration.hpp"
#include "harness/measure/environment.hpp"
#include "harness/measure/noise.hpp"
#include "harness/measure/perf_counters.hpp"

namespace baton {

using nlohmann::json;

namespace {

// A member of the environment by its JSON pointer; null where the machine does not tell it.
json told(const Examination& seen, const char* pointer) {
  const json::json_pointer at(pointer);
  if (!seen.environment.contains(at) || seen.environment.at(at) == "unavailable") {
    return nullptr;
  }
  return seen.environment.at(at);
}

std::string text_of(const json& value) {
  if (value.is_null()) return "unavailable";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::optional<double> number_or_nothing(const json& value) {
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

Finding good(std::string name, std::string found) {
  return {.name = std::move(name),
          .severity = Severity::good,
          .found = std::move(found),
          .hurts = {},
          .remedy = {}};
}

Finding build(const Examination& seen) {
  if (seen.unfit_build.empty()) return good("build", "Release, no sanitizer, no checks");
  return {"build", Severity::bad, fmt::format("{}", fmt::join(seen.unfit_build, ", ")),
          "times are those of another program", "cmake --preset release && cmake --build --preset release"};
}

Finding cpus(const Examination& seen) {
  const json usable = told(seen, "/cpu/usable");
  const std::string found = fmt::format("{} usable", text_of(usable));
  constexpr int kEnough = 4;
  if (!usable.is_number() || usable.get<int>() >= kEnough) return good("CPUs", found);
  if (usable.get<int>() == 1) {
    return {"CPUs", Severity::bad, found, "two workers never run at the same time: nothing is contended",
            "run on a machine with more CPUs, or widen the affinity mask (taskset)"};
  }
  return {"CPUs", Severity::notice, found,
          "more workers than that are oversubscribed, and clients and origin need room too",
          "read such cells as labelled; say nothing about contention"};
}

Finding neighbours(const Examination& seen) {
  if (!seen.others_cores) return good("other processes", "unavailable");
  const std::string found = fmt::format("{:.2f} cores in the last second", *seen.others_cores);
  constexpr double kSome = 0.1;
  constexpr double kMuch = 0.5;  // what quarantines a trial
  if (*seen.others_cores < kSome) return good("other processes", found);
  return {"other processes", *seen.others_cores < kMuch ? Severity::notice : Severity::bad, found,
          "trials are disturbed; above 0.5 cores they are quarantined and run again",
          "end them, or wait (top)"};
}

Finding steal(const Examination& seen) {
  if (!seen.steal_cores) return good("stolen time", "unavailable");
  const std::string found = fmt::format("{:.2f} cores in the last second", *seen.steal_cores);
  constexpr double kSome = 0.02;
  constexpr double kMuch = 0.1;
  if (*seen.steal_cores < kSome) return good("stolen time", found);
  return {"stolen time", *seen.steal_cores < kMuch ? Severity::notice : Severity::bad, found,
          "other virtual machines run on these CPUs", "a dedicated host, or another time of day"};
}

Finding virtualisation(const Examination& seen) {
  const json machine = told(seen, "/cpu/virtual_machine");
  if (machine != true) return good("virtualisation", machine.is_null() ? "unavailable" : "none");
  return {"virtualisation", Severity::notice, "a virtual machine",
          "CPUs move and clocks change unseen; identical programs differ by some percent",
          "compare within rounds only (ratios), with --sliced for small differences; believe the A/A"};
}

Finding frequency(const Examination& seen) {
  const json governor = told(seen, "/cpu/governor");
  if (governor.is_null()) return good("frequency governor", "unavailable: not this system's to choose");
  if (governor == "performance") return good("frequency governor", "performance");
  return {"frequency governor", Severity::notice, text_of(governor),
          "the clock follows the load of the last milliseconds", "cpupower frequency-set -g performance"};
}

Finding boost(const Examination& seen) {
  const json on = told(seen, "/cpu/boost");
  if (on.is_null()) return good("frequency boost", "unavailable: not this system's to choose");
  if (on == false) return good("frequency boost", "off");
  return {"frequency boost", Severity::notice, "on", "one busy core runs faster than two",
          "echo 0 > /sys/devices/system/cpu/cpufreq/boost, or 1 > .../intel_pstate/no_turbo"};
}

Finding smt(const Examination& seen) {
  if (told(seen, "/cpu/smt") != true) return good("threads per core", "one, or unavailable");
  return {"threads per core", Severity::notice, "several", "two workers on one core share its units",
          "--pinning spread, or switch SMT off (/sys/devices/system/cpu/smt/control)"};
}

Finding clock(const Examination& seen) {
  const json stamps = told(seen, "/clock/stamps");
  const std::string found =
      fmt::format("{}; source {}", text_of(stamps), text_of(told(seen, "/clock/source")));
  if (stamps == "tsc") return good("time stamps", found);
  return {"time stamps", Severity::notice, found,
          "a stamp costs a call, perhaps into the kernel, instead of an instruction",
          "clocksource=tsc on the kernel's command line, if the processor's counter is steady"};
}

Finding round_trip(const Examination& seen) {
  if (seen.round_trip_ns)
    return good("core to core", fmt::format("{:.0f} ns there and back", *seen.round_trip_ns));
  return {"core to core", Severity::notice, "could not be measured",
          "near and far cores cannot be told apart, and handoffs differ by 2.5 to 4 times between them",
          "give the process two CPUs that nobody else uses"};
}

Finding huge_pages(const Examination& seen) {
  const json policy = told(seen, "/memory/transparent_huge_pages");
  if (policy != "always") return good("transparent huge pages", text_of(policy));
  return {"transparent huge pages", Severity::notice, "always",
          "memory figures move in steps of 2 MiB, by allocator",
          "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"};
}

Finding memory(const Examination& seen) {
  const json available = told(seen, "/memory/available_bytes");
  if (!available.is_number()) return good("free memory", "unavailable");
  constexpr double kMiB = 1024.0 * 1024.0;
  constexpr double kEnough = 1024;
  const double mib = available.get<double>() / kMiB;
  const std::string found = fmt::format("{:.0f} MiB", mib);
  if (mib >= kEnough) return good("free memory", found);
  return {"free memory", Severity::bad, found, "the kernel reclaims pages while trials run",
          "end what holds memory"};
}

Finding cgroup(const Examination& seen) {
  const json limit = told(seen, "/container/cgroup/cpus");
  if (limit.is_null() || limit == "none") return good("CPU quota", text_of(limit));
  return {"CPU quota", Severity::bad, fmt::format("{} CPUs", text_of(limit)),
          "the kernel stops all threads when the quota of a period is used up",
          "run without the container's CPU quota; give it whole CPUs instead (cpuset)"};
}

Finding open_files(const Examination& seen) {
  const json limit = told(seen, "/limits/open_files_hard");
  constexpr int kEnough = 4096;
  if (!limit.is_number() || limit.get<double>() >= kEnough) return good("open files", text_of(limit));
  return {"open files", Severity::notice, text_of(limit),
          "workloads with thousands of connections refuse to run",
          fmt::format("ulimit -Hn {}, or nofile in limits.conf", 4 * kEnough)};
}

Finding counters(const Examination& seen) {
  if (seen.counters_unavailable.empty()) return good("hardware counters", "available");
  return {"hardware counters", Severity::notice, seen.counters_unavailable,
          "with --counters, records say \"unavailable\" for cycles, instructions and cache misses",
          "sysctl kernel.perf_event_paranoid=1; many virtual machines have none"};
}

Finding allocators(const Examination& seen) {
  if (seen.install.empty()) return good("allocators", "all installed");
  return {"allocators", Severity::notice, fmt::format("not installed: {}", fmt::join(seen.install, ", ")),
          "cells that ask for them are refused",
          fmt::format("apt-get install {}", fmt::join(seen.install, " "))};
}

}  // namespace

Examination examine_machine() {
  Examination seen{.environment = describe_environment(),
                   .unfit_build = unfit_for_results(build_info()),
                   .others_cores = {},
                   .steal_cores = {},
                   .round_trip_ns = calibrate_machine().round_trip_ns,
                   .counters_unavailable = PerfCounters().reason(Counter::cycles),
                   .install = {}};
  for (const KnownAllocator& allocator : known_allocators()) {
    if (!allocator.libraries.empty() && !find_library(allocator))
      seen.install.emplace_back(allocator.package);
  }
  NoiseWatch watch;
  watch.begin();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  watch.end();
  const json noise = watch.json();
  seen.others_cores = number_or_nothing(noise.at("others_cpu_cores"));
  seen.steal_cores = number_or_nothing(noise.at("steal_cores"));
  return seen;
}

std::vector<Finding> diagnose(const Examination& seen) {
  return {build(seen),          cpus(seen),       neighbours(seen), steal(seen),
          virtualisation(seen), frequency(seen),  boost(seen),      smt(seen),
          clock(seen),          round_trip(seen), huge_pages(seen), memory(seen),
          cgroup(seen),         open_files(seen), counters(seen),   allocators(seen)};
}

const char* to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::good:
      return "good";
    case Severity::notice:
      return "notice";
    case Severity::bad:
      return "bad";
  }
  return "?";
}

json to_json(const std::vector<Finding>& findings) {
  json all = json::array();
  for (const Finding& finding : findings) {
    all.push_back({{"name", finding.name},
                   {"severity", to_string(finding.severity)},
                   {"found", finding.found},
                   {"hurts", finding.hurts},
                   {"remedy", finding.remedy}});
  }
  return all;
}

}  // namespace baton
