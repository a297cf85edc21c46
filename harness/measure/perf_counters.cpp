#include "harness/measure/perf_counters.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "harness/measure/unavailable.hpp"

namespace baton {
namespace {

struct Kind {
  const char* name;
  std::uint32_t type;
  std::uint64_t config;
};

constexpr std::array<Kind, kCounters> kKinds = {{
    {"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {"instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    {"cache_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
    {"branch_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
    {"task_clock_ns", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
    {"context_switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES},
    {"cpu_migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS},
    {"page_faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
}};

// The descriptor, or -1 with errno.
int open_event(const Kind& kind, bool with_kernel) noexcept {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = kind.type;
  attributes.config = kind.config;
  attributes.inherit = 1;
  attributes.exclude_kernel = with_kernel ? 0 : 1;
  attributes.exclude_hv = 1;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  constexpr int kThisThread = 0;
  constexpr int kAnyCpu = -1;
  constexpr int kNoGroup = -1;
  return static_cast<int>(
      syscall(SYS_perf_event_open, &attributes, kThisThread, kAnyCpu, kNoGroup, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

const char* to_string(Counter counter) noexcept { return kKinds[static_cast<std::size_t>(counter)].name; }

PerfCounters::PerfCounters(Wanted wanted) noexcept : wanted_(wanted == Wanted::yes) {
  if (!wanted_) return;
  for (std::size_t i = 0; i < kCounters; ++i) {
    // Switches, migrations and most faults happen inside the kernel: without it they would be counted as 0.
    events_[i].descriptor = open_event(kKinds[i], kKinds[i].type == PERF_TYPE_SOFTWARE);
    if (events_[i].descriptor < 0) events_[i].error = errno;
  }
}

PerfCounters::~PerfCounters() {
  for (const Event& event : events_) {
    if (event.descriptor >= 0) close(event.descriptor);
  }
}

CounterValues PerfCounters::read() const noexcept {
  struct Reading {
    std::uint64_t value, enabled_ns, running_ns;
  };
  CounterValues values;
  for (std::size_t i = 0; i < kCounters; ++i) {
    Reading reading{};
    if (events_[i].descriptor < 0 ||
        ::read(events_[i].descriptor, &reading, sizeof reading) != sizeof reading)
      continue;
    if (reading.running_ns == reading.enabled_ns) {
      values[i] = reading.value;
    } else if (reading.running_ns != 0) {
      values[i] = static_cast<std::uint64_t>(static_cast<double>(reading.value) *
                                             static_cast<double>(reading.enabled_ns) /
                                             static_cast<double>(reading.running_ns));
    }  // else it never had its turn: unavailable
  }
  return values;
}

std::string PerfCounters::reason(Counter counter) const {
  if (!wanted_) return "not asked for";
  const int error = events_[static_cast<std::size_t>(counter)].error;
  return error == 0 ? "" : std::generic_category().message(error);
}

CounterValues difference(const CounterValues& later, const CounterValues& earlier) noexcept {
  CounterValues values;
  for (std::size_t i = 0; i < kCounters; ++i) {
    // Scaled values can run backwards by a little.
    if (later[i] && earlier[i]) values[i] = *later[i] > *earlier[i] ? *later[i] - *earlier[i] : 0;
  }
  return values;
}

CounterValues sum(const CounterValues& one, const CounterValues& other) noexcept {
  CounterValues values;
  for (std::size_t i = 0; i < kCounters; ++i) {
    if (one[i] && other[i]) values[i] = *one[i] + *other[i];
  }
  return values;
}

nlohmann::json to_json(const CounterValues& values) {
  nlohmann::json json = nlohmann::json::object();
  for (std::size_t i = 0; i < kCounters; ++i) json[kKinds[i].name] = or_unavailable(values[i]);
  return json;
}

}  // namespace baton
