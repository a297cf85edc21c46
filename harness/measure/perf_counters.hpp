// Hardware and kernel counters of this process (perf_event_open), where they exist. In containers and virtual
// machines the hardware's are often missing; each counter stands for itself, and one that cannot be had is
// "unavailable" with the reason.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace baton {

enum class Counter : std::uint8_t {
  cycles,            // core cycles, of user code
  instructions,      // retired, of user code
  cache_misses,      // last level, of user code
  branch_misses,     // of user code
  task_clock_ns,     // CPU time
  context_switches,  // voluntary and not
  cpu_migrations,    // a thread went on another CPU
  page_faults,
};
inline constexpr std::size_t kCounters = 8;

[[nodiscard]] const char* to_string(Counter counter) noexcept;

// Values since the counters were opened. Empty: unavailable.
using CounterValues = std::array<std::optional<std::uint64_t>, kCounters>;

// Counts the thread that makes it and all threads it (and they) make later: open it before the workers are
// started. One is enough for a process: threads inherit every one that is open, and each costs something at
// every context switch (docs/resolution.md). Made, read and destroyed by one thread.
class PerfCounters {
 public:
  enum class Wanted : std::uint8_t { no, yes };  // no: all are unavailable, and threads inherit nothing
  explicit PerfCounters(Wanted wanted = Wanted::yes) noexcept;
  PerfCounters(const PerfCounters&) = delete;
  PerfCounters& operator=(const PerfCounters&) = delete;
  ~PerfCounters();

  // Where the processor has fewer counters than were asked for, the kernel takes turns; values are then
  // scaled up to the whole time.
  [[nodiscard]] CounterValues read() const noexcept;
  // Why a counter is unavailable: the kernel's words, or that it is not wanted. Empty if it is available.
  [[nodiscard]] std::string reason(Counter counter) const;

 private:
  struct Event {
    int descriptor = -1;
    int error = 0;
  };
  bool wanted_;
  std::array<Event, kCounters> events_;
};

// From the earlier values to the later; what either lacks is unavailable.
[[nodiscard]] CounterValues difference(const CounterValues& later, const CounterValues& earlier) noexcept;
// Of two stretches of time; what either lacks is unavailable.
[[nodiscard]] CounterValues sum(const CounterValues& one, const CounterValues& other) noexcept;

// The counters by name.
[[nodiscard]] nlohmann::json to_json(const CounterValues& values);

}  // namespace baton
